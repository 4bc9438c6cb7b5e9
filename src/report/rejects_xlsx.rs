//! Rejects as a workbook: texts, so that zeros survive a person's Excel; the cells at fault coloured, each with
//! a note that says why.

use std::fmt;
use std::io;
use std::path::Path;

use rust_xlsxwriter::{ColNum, Color, Format, Note, RowNum, Workbook, Worksheet, XlsxError};

use super::output::{Output, Replace};
use super::rejects::{OwnColumns, Reject};
use crate::model::cells::{CellMark, UNCALCULATED, UNKNOWN_DATE};
use crate::model::outcome::Finding;
use crate::model::row::Row;

/// Width of an own column, and of the message, in characters.
const WIDTHS: [f64; 2] = [18.0, 80.0];
/// Most characters of a cell, in UTF-16 as Excel counts them.
const MOST_CHARS: usize = 32_767;
/// Cells that get a note; they are kept in memory, and a workbook with more is slow to open. The message
/// has all findings of every row.
const MOST_NOTES: usize = 20_000;
/// Fills of cells at fault, and of those with a warning: as Excel's "Bad" and "Neutral".
const FILLS: [u32; 2] = [0xFF_C7CE, 0xFF_EB9C];
/// The sheet is called so where it cannot be called as that of the input.
const SHEET: &str = "Rejects";

/// The workbook, as far as it was written.
pub(super) struct RejectsWorkbook {
    /// Opened before the first row, so that a folder that cannot be written to is told then.
    output: Output,
    workbook: Workbook,
    next: RowNum,
    notes: usize,
    formats: Formats,
}

struct Formats {
    text: Format,
    fault: Format,
    warning: Format,
}

impl Formats {
    fn new() -> Self {
        let text = Format::new().set_num_format("@");
        let filled = |color| text.clone().set_background_color(Color::RGB(color));
        let [fault, warning] = FILLS.map(filled);
        Self { text, fault, warning }
    }
}

impl fmt::Debug for RejectsWorkbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RejectsWorkbook").field("next", &self.next).finish_non_exhaustive()
    }
}

impl RejectsWorkbook {
    /// Begins the workbook with its header.
    pub(super) fn begin(
        path: &Path,
        replace: Replace,
        sheet: &str,
        columns: &OwnColumns,
    ) -> io::Result<Self> {
        let output = Output::create(path, replace).map_err(io::Error::other)?;
        let mut begun =
            Self { output, workbook: Workbook::new(), next: 1, notes: 0, formats: Formats::new() };
        begun.header(sheet, columns).map_err(io::Error::other)?;
        Ok(begun)
    }

    fn header(&mut self, name: &str, columns: &OwnColumns) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        if sheet.set_name(name).is_err() {
            sheet.set_name(SHEET)?;
        }
        let bold = Format::new().set_bold();
        sheet.set_freeze_panes(1, 0)?;
        for (column, header) in (0..).zip(columns.header()) {
            let is_message = usize::from(column) > columns.headers.len();
            sheet.set_column_width(column, WIDTHS[usize::from(is_message)])?;
            sheet.set_column_format(column, &self.formats.text)?;
            sheet.write_string_with_format(0, column, header, &bold)?;
        }
        Ok(())
    }

    /// Adds a row.
    pub(super) fn write(
        &mut self,
        columns: &OwnColumns,
        reject: &Reject<'_>,
        row: Row<'_>,
    ) -> io::Result<()> {
        self.add(columns, reject, row).map_err(io::Error::other)
    }

    fn add(
        &mut self,
        columns: &OwnColumns,
        reject: &Reject<'_>,
        row: Row<'_>,
    ) -> Result<(), XlsxError> {
        let mut message = reject.message.to_owned();
        let sheet = self.workbook.worksheet_from_index(0)?;
        let number = self.next;
        self.next += 1;
        // Cells of a row may come in any order: the row is written when the next begins.
        let findings = || reject.faults.iter().chain(reject.warnings);
        let marked = findings().filter_map(|finding| finding.column);
        let width = row.cells().count().max(marked.map(|column| column + 1).max().unwrap_or(0));
        for column in 0..width {
            let Some(place) = columns.place(column) else { continue };
            let place = ColNum::try_from(place).map_err(|_| XlsxError::RowColumnLimitError)?;
            let is_at = |finding: &&Finding| finding.column == Some(column);
            let has_finding = findings().any(|finding| is_at(&finding));
            let format = if reject.faults.iter().any(|finding| is_at(&finding)) {
                &self.formats.fault
            } else if reject.warnings.iter().any(|finding| is_at(&finding)) {
                &self.formats.warning
            } else {
                &self.formats.text
            };
            let cut = write_cell(sheet, (number, place), (row, column, has_finding), format)?;
            if let Some(chars) = cut {
                message = format!(
                    "{message}; a cell holds {chars} characters, more than one of a workbook can: the first {MOST_CHARS} stand here"
                );
            }
            let note: Vec<String> = findings().filter(is_at).map(Finding::reason).collect();
            if !note.is_empty() && self.notes < MOST_NOTES {
                self.notes += 1;
                let note = Note::new(note.join("\n")).add_author_prefix(false);
                sheet.insert_note(number, place, &note)?;
            }
        }
        let code =
            ColNum::try_from(columns.headers.len()).map_err(|_| XlsxError::RowColumnLimitError)?;
        sheet.write_string_with_format(number, code, reject.code, &self.formats.text)?;
        let (message, _) = fitting(&message);
        sheet.write_string_with_format(number, code + 1, message, &self.formats.text)?;
        Ok(())
    }

    /// The file, with everything written.
    pub(super) fn into_output(mut self) -> io::Result<Output> {
        self.workbook.save_to_writer(&mut self.output).map_err(io::Error::other)?;
        Ok(self.output)
    }
}

/// Writes a cell so that it is found at fault again: what only the kind of the cell tells is kept. A
/// number in a cell of the format Text stays one until a person types into it. The number of
/// characters, if not all of them fit.
fn write_cell(
    sheet: &mut Worksheet,
    (row_number, place): (RowNum, ColNum),
    (row, column, has_finding): (Row<'_>, usize, bool),
    format: &Format,
) -> Result<Option<usize>, XlsxError> {
    let text = row.cell(column);
    let as_number =
        |code: &str| Some((text.parse::<f64>().ok()?, format.clone().set_num_format(code)));
    let mut number = None;
    let mut shown = std::borrow::Cow::Borrowed(text);
    for mark in row.marks_of(column) {
        match mark {
            CellMark::TooManyDigits => number = as_number("0"),
            CellMark::Shortened | CellMark::General if has_finding => number = as_number("@"),
            CellMark::NotADate => number = as_number("m/d/yyyy"),
            CellMark::Uncalculated => shown = UNCALCULATED.into(),
            CellMark::UnknownDate => shown = format!("{UNKNOWN_DATE}{text}").into(),
            _ => {}
        }
    }
    if let Some((number, format)) = number {
        sheet.write_number_with_format(row_number, place, number, &format)?;
        return Ok(None);
    }
    let (fits, chars) = fitting(&shown);
    if fits.is_empty() {
        sheet.write_blank(row_number, place, format)?;
    } else {
        sheet.write_string_with_format(row_number, place, fits, format)?;
    }
    Ok(chars)
}

/// As much of a text as a cell can hold, and its length if that is not all.
fn fitting(text: &str) -> (&str, Option<usize>) {
    if text.len() <= MOST_CHARS {
        return (text, None);
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MOST_CHARS
    });
    end.map_or((text, None), |(end, _)| (&text[..end], Some(text.chars().count())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_does_not_fit_is_cut_between_characters_and_counted() {
        assert_eq!(fitting("abc"), ("abc", None));
        let fits = "ü".repeat(MOST_CHARS);
        assert_eq!(fitting(&fits), (fits.as_str(), None));
        let long = format!("{}\u{1F600}", "x".repeat(MOST_CHARS - 1));
        assert_eq!(fitting(&long), (&long[..MOST_CHARS - 1], Some(MOST_CHARS)));
    }
}
