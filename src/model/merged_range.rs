//! Cells of a sheet that were merged into one.

use std::fmt;

use super::mapping::column_letters;

/// Cells that were merged into one: the first of them alone holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedRange {
    /// First and last row, numbered as Excel does.
    rows: (u32, u32),
    /// First and last column, counted from 0.
    columns: (u32, u32),
}

impl MergedRange {
    /// The range with these first and last rows and columns, all counted from 0; nothing if it is
    /// none.
    #[must_use]
    pub fn new(rows: (u32, u32), columns: (u32, u32)) -> Option<Self> {
        let is_range = rows.0 <= rows.1 && columns.0 <= columns.1 && rows.1 < u32::MAX;
        is_range.then_some(Self { rows: (rows.0 + 1, rows.1 + 1), columns })
    }

    /// The first and the last row, numbered as Excel does.
    #[must_use]
    pub fn rows(&self) -> (u64, u64) {
        (self.rows.0.into(), self.rows.1.into())
    }

    /// Whether it takes in a column, counted from 0.
    #[must_use]
    pub fn has_column(&self, column: usize) -> bool {
        (u64::from(self.columns.0)..=u64::from(self.columns.1)).contains(&(column as u64))
    }

    /// Whether the cell belongs to the range and cannot hold a value; the row as Excel counts, the
    /// column from 0.
    #[must_use]
    pub fn swallows(&self, row: u64, column: usize) -> bool {
        let (first, last) = self.rows();
        let is_first = row == first && column as u64 == u64::from(self.columns.0);
        (first..=last).contains(&row) && self.has_column(column) && !is_first
    }

    /// The cell that holds the value, as Excel names it.
    fn first_cell(&self) -> String {
        format!("{}{}", column_letters(self.columns.0 as usize), self.rows.0)
    }
}

impl fmt::Display for MergedRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = column_letters(self.columns.1 as usize);
        write!(f, "{}:{last}{}", self.first_cell(), self.rows.1)
    }
}
