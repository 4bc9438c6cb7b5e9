//! From the cells of an `OpenDocument` spreadsheet, of which one may stand for many, to rows.

use super::ods_cell::Shown;
use super::{BookFault, MOST_ROW_BYTES, too_long};
use crate::model::cells::Cells;
use crate::model::sheet_limits::{MOST_COLUMNS, MOST_ROWS};
use crate::sheet::source::Sink;

/// Cells that repetitions may add up to: a few bytes can stand for a billion.
const MOST_REPEATED: u64 = 10_000_000;
/// How often a cell may be repeated within a row without being counted among them.
const USUAL_REPEATS: u64 = 100;

/// The sheet as far as it was read.
#[derive(Default)]
pub(super) struct Table {
    /// Number of the row before the one that is being read.
    number: u64,
    repeats: u64,
    cells: Cells,
    /// Blank cells that stand before the next one that is not.
    blank: u64,
    repeated: u64,
}

impl Table {
    /// A row begins, which stands there so many times.
    pub(super) fn begin_row(&mut self, repeats: u64) {
        self.repeats = repeats;
        self.blank = 0;
        self.cells.clear();
    }

    /// Takes the next cell, which stands there so many times.
    ///
    /// # Errors
    /// The row is wider or longer than any can be, or repetitions add up.
    pub(super) fn push(&mut self, shown: &Shown, count: u64) -> Result<(), BookFault> {
        if shown.text.is_empty() && shown.mark.is_none() {
            self.blank = self.blank.saturating_add(count);
            return Ok(());
        }
        let columns = (self.cells.len() as u64).saturating_add(self.blank);
        if columns.saturating_add(count) > MOST_COLUMNS as u64 {
            return Err(format!(
                "row {} has more than {MOST_COLUMNS} columns",
                self.number.saturating_add(1)
            )
            .into());
        }
        // Repetitions must not make memory grow, nor the work without an end.
        let length = (shown.text.len() as u64).saturating_mul(count);
        if length.saturating_add(self.cells.text_len() as u64) > MOST_ROW_BYTES {
            return Err(too_long(self.number.saturating_add(1)));
        }
        self.repeated = self.repeated.saturating_add(count.saturating_sub(USUAL_REPEATS));
        if self.repeated > MOST_REPEATED {
            return Err("its cells are repeated more often than any sheet needs".into());
        }
        self.cells.pad(usize::try_from(columns)?);
        self.blank = 0;
        for _ in 0..count {
            self.cells.push(&shown.text);
            if let Some(mark) = shown.mark {
                self.cells.mark(mark);
            }
        }
        Ok(())
    }

    /// Hands the row on, as often as it is repeated. Whether no more are wanted.
    ///
    /// # Errors
    /// Repetitions add up.
    pub(super) fn end_row(&mut self, sink: &mut Sink<'_>) -> Result<bool, BookFault> {
        let first = self.number.saturating_add(1);
        self.number = self.number.saturating_add(self.repeats);
        if self.cells.is_empty() {
            return Ok(false);
        }
        self.repeated = self
            .repeated
            .saturating_add((self.repeats - 1).saturating_mul(self.cells.len() as u64));
        if self.number > u64::from(MOST_ROWS) || self.repeated > MOST_REPEATED {
            return Err(format!(
                "row {first} is repeated {} times, which no sheet needs",
                self.repeats
            )
            .into());
        }
        Ok((first..=self.number).any(|number| sink(number, &self.cells).is_break()))
    }
}
