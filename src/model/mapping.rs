//! Which column of a sheet sets which field.

use super::record::{Field, RecordType};

/// What a person said about columns: by flag, environment or config file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Header, and the fields that its column sets; wins over a field of that name.
    pub columns: Vec<(String, Vec<&'static Field>)>,
    /// Headers of columns to leave out.
    pub ignored: Vec<String>,
    /// Headers that were typed for these very files: a file without such a column is not the one that was meant.
    pub typed: Vec<String>,
    /// Fields that have the same value in every row, so that no column may be for them.
    pub constants: Vec<&'static Field>,
    /// Where the file is a list of changes: which of its columns are meant. Nothing else counts then.
    pub changes: Option<ChangeNames>,
    /// Whether only the columns of the keys are read: the rows say which records are meant, and set nothing.
    pub keys_only: bool,
}

/// The columns of a list of changes from which and to which a field is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeNames {
    /// What the field must still hold.
    pub before: &'static str,
    /// What it is to hold.
    pub after: &'static str,
}

/// The columns that a rejects file has beside those of the input, by exact name: what the
/// row failed with. They are left out when the file is fed back.
pub const REJECT_COLUMNS: [&str; 2] = ["MESSAGE_CODE", "MESSAGE"];

/// What a person said about where the rows stand in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetChoice {
    /// A workbook's sheet; without one the first visible sheet is taken.
    pub sheet: Option<String>,
    /// The row of the headers as Excel counts; without one the first that names the keys.
    pub header_row: Option<u64>,
    /// The encoding of a text; without one it is found by content.
    pub encoding: Option<String>,
    /// What becomes of rows that the sheet does not show; without a word it is not read.
    pub hidden_rows: Option<HiddenRows>,
}

/// What becomes of rows that were hidden or filtered away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenRows {
    /// They are left out.
    Skip,
    /// They are read as any other.
    Include,
}

/// Why a column sets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// The endpoint's answer only.
    ReadOnly,
    /// Named by `--ignore-column`.
    Ignored,
    /// Stands in a rejects file.
    Rejects,
    /// No header and no cell that shows anything.
    Blank,
    /// Says what a change is, in a list of changes.
    OfChange,
    /// Only the columns of the keys are read.
    NotAKey,
}

/// One column of the header row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The header as it stands.
    pub header: String,
    /// What becomes of its cells.
    pub sets: Result<Vec<&'static Field>, LeftOut>,
}

/// The header row of a sheet, settled: every column sets fields, or is left out for a reason.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The record type that the rows update.
    pub record: &'static RecordType,
    /// The columns, from the first of the sheet.
    pub columns: Vec<Column>,
    /// Column (from 0) and key field, in the order of the record type's table.
    pub keys: Vec<(usize, &'static Field)>,
    /// Column (from 0) and updatable field, in the order of the record type's table.
    pub setters: Vec<(usize, &'static Field)>,
    /// Where each line is one change of one field: what stands where. Then there are no setters.
    pub changes: Option<ChangeColumns>,
    /// Whether the rows only say which records are meant. Then there are no setters either.
    pub keys_only: bool,
}

/// What stands where in a list of changes; columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeColumns {
    /// The name of the field.
    pub field: usize,
    /// What it must still hold.
    pub before: usize,
    /// What it is to hold.
    pub after: usize,
    /// Whether it is known what the field held before the change.
    pub comparable: Option<usize>,
    /// Whether the changes were made and are to be taken back.
    pub puts_back: bool,
}

impl Layout {
    /// The columns that set nothing, each with its reason.
    pub fn left_out(&self) -> impl Iterator<Item = (&str, LeftOut)> {
        self.columns.iter().filter_map(|column| {
            let reason = column.sets.as_ref().err()?;
            Some((column.header.as_str(), *reason))
        })
    }
}

/// The letters by which a spreadsheet program names a column, counted from 0: A, B, … Z, AA.
///
/// # Panics
/// Never: a remainder of 26 always fits a byte.
#[must_use]
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        let letter = u8::try_from(rest % 26).expect("a remainder of 26 fits a byte");
        letters.push(char::from(b'A' + letter));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_excel_names_them() {
        let named = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")];
        for (column, letters) in named {
            assert_eq!(column_letters(column), letters);
        }
    }
}
