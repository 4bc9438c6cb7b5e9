//! From cells that come one by one to rows.

use std::ops::ControlFlow;

use calamine::DataRef;

use super::ahead::{Styled, read_ahead};
use super::{BookFault, MOST_ROW_BYTES, too_long};
use crate::model::cells::{CellMark, Cells};
use crate::model::mapping::column_letters;
use crate::model::sheet_limits::{MOST_COLUMNS, MOST_ROWS};
use crate::sheet::facts::SheetFacts;
use crate::sheet::shown::{Format, cell};
use crate::sheet::source::Sink;

/// Reads cells with `next` until there are no more, and hands on the rows that they make; `format` is
/// of the cell at a place, which names a style.
///
/// # Errors
/// The cells cannot be read, or do not stand in rows one below the other.
pub(super) fn rows<'a, 'f, S: Send, E: Send + Into<BookFault>>(
    facts: &SheetFacts,
    sink: &mut Sink<'_>,
    next: impl FnMut() -> Result<Option<Styled<'a, S>>, E> + Send,
    format: impl Fn((u32, u32), &S) -> &'f Format,
) -> Result<(), BookFault> {
    let mut rows = RowStream { facts, sink, number: 0, cells: Cells::default() };
    let read = read_ahead(next, |(cell, style)| {
        let place = cell.get_position();
        rows.push(place, cell.get_value(), format(place, style))
    })?;
    if read.is_continue() {
        rows.end();
    }
    Ok(())
}

/// Gathers cells into rows, and hands each on once a cell of a later one is met.
struct RowStream<'a, 's> {
    facts: &'a SheetFacts,
    sink: &'a mut Sink<'s>,
    /// The number of the row that is being gathered, as Excel counts; 0 before the first.
    number: u64,
    cells: Cells,
}

impl RowStream<'_, '_> {
    /// Takes the next cell, by row and column from 0. Whether no more are wanted.
    ///
    /// # Errors
    /// The cell stands before one that came already: its place is then not to be trusted.
    fn push(
        &mut self,
        place: (u32, u32),
        value: &DataRef<'_>,
        format: &Format,
    ) -> Result<ControlFlow<()>, BookFault> {
        let is_uncalculated = self.facts.is_uncalculated(place);
        if *value == DataRef::Empty && !is_uncalculated {
            return Ok(ControlFlow::Continue(()));
        }
        let (number, column) = (u64::from(place.0) + 1, place.1 as usize);
        if number > u64::from(MOST_ROWS) || column >= MOST_COLUMNS {
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
    fn end(mut self) {
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
