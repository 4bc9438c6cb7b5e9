//! Why a file cannot be read as a table of rows.

use std::fmt;

use crate::model::mapping::column_letters;

/// A fault of the whole file, where it stands, and what a person can do about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct SheetFault {
    /// The file as the person named it.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Row number as Excel shows it.
    pub row: Option<u64>,
    /// Column, counted from 0.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub text: String,
}

impl SheetFault {
    /// A fault that is not of one row.
    pub(super) fn new(file: &str, text: impl Into<String>) -> Self {
        Self { file: file.to_owned(), text: text.into(), ..Self::default() }
    }

    /// The same fault, in a sheet of a workbook.
    #[must_use]
    pub(super) fn in_sheet(self, sheet: Option<&str>) -> Self {
        Self { sheet: sheet.map(str::to_owned), ..self }
    }

    /// The same fault, in a row, numbered as Excel shows it.
    #[must_use]
    pub(super) fn at_row(self, row: u64) -> Self {
        Self { row: Some(row), ..self }
    }

    /// The same fault, in a column, counted from 0.
    #[must_use]
    pub(super) fn at_column(self, column: usize) -> Self {
        Self { column: Some(column), ..self }
    }
}

impl fmt::Display for SheetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet \"{sheet}\"")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = self.column {
            write!(f, ", column {}", column_letters(column))?;
        }
        write!(f, ": {}", self.text)
    }
}
