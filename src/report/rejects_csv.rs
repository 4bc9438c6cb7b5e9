//! Rejects as CSV.
//!
//! A row with too few cells is filled up, so that what was wrong with it stands under its header, and
//! has one cell more than the header, which says so. So it is found at fault again when it is fed back
//! unmended, also when a spreadsheet program has made all rows equally long in between. A cell with a stray
//! quotation mark says so, too, since it is written as one that has none.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::path::Path;

use super::BOM;
use super::defuse::defuse;
use super::output::{Output, Replace};
use super::rejects::{OwnColumns, Reject};
use crate::model::cells::RowFault;
use crate::model::flags;
use crate::model::row::Row;

/// What stands in the file for bytes that could not be decoded: a byte that cannot be decoded either, so
/// that the row is not taken for mended.
const UNDECODABLE: &[u8] = b"\xFF";
/// What the reader puts for such bytes (Unicode, "Specials").
const REPLACEMENT: char = '\u{FFFD}';

/// The file, as far as it was written.
#[derive(Debug)]
pub(super) struct RejectsCsv {
    out: csv::Writer<Output>,
}

impl RejectsCsv {
    /// Begins the file with its header.
    pub(super) fn begin(path: &Path, replace: Replace, columns: &OwnColumns) -> io::Result<Self> {
        let mut output = Output::create(path, replace).map_err(io::Error::other)?;
        output.write_all(BOM)?;
        // All in quotation marks: then no delimiter within a text can be taken for that of the file.
        let mut out = csv::WriterBuilder::new()
            .flexible(true)
            .quote_style(csv::QuoteStyle::Always)
            .from_writer(output);
        out.write_record(columns.header())?;
        Ok(Self { out })
    }

    /// Adds a row.
    pub(super) fn write(
        &mut self,
        columns: &OwnColumns,
        reject: &Reject<'_>,
        row: Row<'_>,
    ) -> io::Result<()> {
        let is_damaged = row.faults.iter().any(|fault| matches!(fault, RowFault::Encoding { .. }));
        let own = (0..columns.of_input()).filter(|column| columns.place(*column).is_some());
        for column in own {
            let text = flagged(row, column);
            self.out.write_field(bytes(&text, is_damaged))?;
        }
        self.out.write_field(defuse(reject.code).as_bytes())?;
        self.out.write_field(defuse(reject.message).as_bytes())?;
        let beyond = (columns.of_input()..row.cells().count()).map(|column| flagged(row, column));
        for text in beyond.filter(|text| flags::missing_cells(text).is_none()) {
            self.out.write_field(bytes(&text, is_damaged))?;
        }
        let missing = row.faults.iter().find_map(|fault| match fault {
            RowFault::Columns { found, expected } => expected.checked_sub(*found),
            _ => None,
        });
        if let Some(missing) = missing.filter(|missing| *missing > 0) {
            self.out.write_field(flags::short_row(missing))?;
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    /// The file, with everything written.
    pub(super) fn into_output(self) -> io::Result<Output> {
        self.out.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// The text of a cell, flagged where a quotation mark was missing or too many.
fn flagged(row: Row<'_>, column: usize) -> Cow<'_, str> {
    let text = row.cell(column);
    if row.faults.contains(&RowFault::Quote { column }) && flags::quoted_text(text).is_none() {
        Cow::Owned(format!("{}{text}", flags::QUOTE))
    } else {
        Cow::Borrowed(text)
    }
}

fn bytes(cell: &str, is_damaged: bool) -> Cow<'_, [u8]> {
    if is_damaged && cell.contains(REPLACEMENT) {
        let parts: Vec<_> = cell.split(REPLACEMENT).map(str::as_bytes).collect();
        Cow::Owned(parts.join(UNDECODABLE))
    } else {
        Cow::Borrowed(cell.as_bytes())
    }
}
