//! An empty sheet to fill in: every field that can be set has its column.

use std::io::{self, Write as _};

use rust_xlsxwriter::{Format, Note, Workbook, XlsxError};

use super::BOM;
use super::output::Output;
use crate::model::record::{Field, RecordType, Role};

/// Width of a column, in characters.
const WIDTH: f64 = 18.0;
/// What the example row holds in the key columns; no record is called so.
const EXAMPLE: &str = "EXAMPLE";

/// Writes a template as CSV: the header and an example row.
///
/// # Errors
/// It cannot be written.
pub fn csv_template(mut output: Output, record: &RecordType) -> io::Result<Output> {
    output.write_all(BOM)?;
    let mut out = csv::Writer::from_writer(output);
    out.write_record(columns(record).map(|field| field.name))?;
    out.write_record(columns(record).map(example))?;
    out.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// Writes a template as a workbook: columns of texts, so that zeros and long numbers survive, a note with the limit on each header, the
/// header frozen, and an example row.
///
/// # Errors
/// It cannot be written.
pub fn xlsx_template(mut output: Output, record: &RecordType) -> io::Result<Output> {
    let bytes = workbook(record).map_err(io::Error::other)?;
    output.write_all(&bytes)?;
    Ok(output)
}

fn workbook(record: &RecordType) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let text = Format::new().set_num_format("@");
    let bold = Format::new().set_num_format("@").set_bold();
    let sheet = workbook.add_worksheet();
    for (column, field) in (0..).zip(columns(record)) {
        sheet.set_column_width(column, WIDTH)?;
        sheet.set_column_format(column, &text)?;
        sheet.write_string_with_format(0, column, field.name, &bold)?;
        sheet.insert_note(0, column, &Note::new(note(field)).add_author_prefix(false))?;
        sheet.write_string_with_format(1, column, example(field), &text)?;
    }
    sheet.set_freeze_panes(1, 2)?;
    workbook.save_to_buffer()
}

fn columns(record: &RecordType) -> impl Iterator<Item = &'static Field> {
    record.fields.iter().filter(|field| field.role != Role::ReadOnly)
}

fn example(field: &Field) -> &'static str {
    if field.role == Role::Key { EXAMPLE } else { "" }
}

fn note(field: &Field) -> String {
    let usage = match field.role {
        Role::Key => "Names the record; must be filled in.",
        _ => "Leave blank to leave the field alone; write <clear> to blank it.",
    };
    let limit =
        field.max_chars.map(|limit| format!(" At most {limit} characters.")).unwrap_or_default();
    format!("{}. {usage}{limit}", field.label)
}
