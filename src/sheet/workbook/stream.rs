//! From cells that come one by one to rows.

use std::ops::ControlFlow;

use calamine::DataType;

use super::{BookFault, MOST_ROW_BYTES, too_long};
use crate::model::cells::{CellMark, Cells};
use crate::model::mapping::column_letters;
use crate::sheet::facts::SheetFacts;
use crate::sheet::shown::{Format, cell};
use crate::sheet::source::Sink;

/// Rows and columns of a sheet, as in Excel.
const MOST_ROWS: u64 = 1_048_576;
const MOST_COLUMNS: usize = 16_384;

/// Gathers cells into rows, and hands each on once a cell of a later one is met.
pub(super) struct RowStream<'a, 's> {
    facts: &'a SheetFacts,
    sink: &'a mut Sink<'s>,
    /// The number of the row that is being gathered, as Excel counts; 0 before the first.
    number: u64,
    cells: Cells,
}

impl<'a, 's> RowStream<'a, 's> {
    /// Rows for a sink, of a sheet with these facts.
    pub(super) fn new(facts: &'a SheetFacts, sink: &'a mut Sink<'s>) -> Self {
        Self { facts, sink, number: 0, cells: Cells::default() }
    }

    /// Takes the next cell, by row and column from 0. Whether no more are wanted.
    ///
    /// # Errors
    /// The cell stands before one that came already: its place is then not to be trusted.
    pub(super) fn push(
        &mut self,
        place: (u32, u32),
        is_blank: bool,
        value: &impl DataType,
        format: &Format,
    ) -> Result<ControlFlow<()>, BookFault> {
        let is_uncalculated = self.facts.is_uncalculated(place);
        if is_blank && !is_uncalculated {
            return Ok(ControlFlow::Continue(()));
        }
        let (number, column) = (u64::from(place.0) + 1, place.1 as usize);
        if number > MOST_ROWS || column >= MOST_COLUMNS {
            let name = column_letters(column);
            return Err(format!("cell {name}{number} stands beyond the last of any sheet").into());
        }
        if number != self.number {
            if self.hand_on().is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if number < self.number {
                return Err(format!("row {number} stands below row {}", self.number).into());
            }
            self.number = number;
        }
        if column < self.cells.len() {
            return Err(format!("the cells of row {number} are not in their order").into());
        }
        self.cells.pad(column);
        cell::push(&mut self.cells, value, Some(format));
        if self.cells.text_len() as u64 > MOST_ROW_BYTES {
            return Err(too_long(number));
        }
        if is_uncalculated {
            self.cells.mark(CellMark::Uncalculated);
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Hands on the last row.
    pub(super) fn end(mut self) {
        let _ = self.hand_on();
    }

    fn hand_on(&mut self) -> ControlFlow<()> {
        if self.number == 0 {
            return ControlFlow::Continue(());
        }
        let flow = (self.sink)(self.number, &self.cells);
        self.cells.clear();
        flow
    }
}
