//! Rejects as a workbook: texts, so that zeros survive a person's Excel; the cells at fault coloured, each with
//! a note that says why.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io;
use std::path::Path;

use rust_xlsxwriter::{ColNum, Color, Format, Note, RowNum, Workbook, XlsxError};

use super::output::{Output, Replace};
use super::rejects::{OwnColumns, Reject};
use crate::model::cells::CellMark;
use crate::model::code::OwnCode;
use crate::model::flags::{self, CUT};
use crate::model::mapping::column_letters;
use crate::model::outcome::Finding;
use crate::model::record::Content;
use crate::model::row::Row;
use crate::model::sheet_limits::{self, MOST_COLUMNS};

/// Width of an own column, and of the message, in characters.
const WIDTHS: [f64; 2] = [18.0, 80.0];
/// Cells that get a note; they are kept in memory, and a workbook with more is slow to open. The message
/// has all findings of every row.
const MOST_NOTES: usize = 20_000;
/// Characters of a note that are enough to see what is wrong.
const MOST_OF_NOTE: usize = 1_000;
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
        sheet.set_freeze_panes(1, 2)?;
        for (column, header) in (0..).zip(columns.header()) {
            let is_message = usize::from(column) > columns.headers.len();
            sheet.set_column_width(column, WIDTHS[usize::from(is_message)])?;
            sheet.set_column_format(column, &self.formats.text)?;
            sheet.write_string_with_format(0, column, fitting(header), &bold)?;
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
        let sheet = self.workbook.worksheet_from_index(0)?;
        let number = self.next;
        self.next += 1;
        let mut message = reject.message.to_owned();
        let findings = || reject.faults.iter().chain(reject.warnings);
        let marked = findings().filter_map(|finding| finding.column);
        let width = row.cells().count().max(marked.map(|column| column + 1).max().unwrap_or(0));
        for column in 0..width {
            let Some(place) = columns.place(column) else { continue };
            let is_at = |finding: &&Finding| finding.column == Some(column);
            let is_fault = reject.faults.iter().any(|finding| is_at(&finding));
            let is_warned = reject.warnings.iter().any(|finding| is_at(&finding));
            let Some(place) = column_number(place) else {
                // A cell at the very end has no room behind the columns that were added.
                let _ =
                    write!(message, "; column {}: {}", column_letters(column), row.cell(column));
                continue;
            };
            let format = match (is_fault, is_warned) {
                (true, _) => &self.formats.fault,
                (false, true) => &self.formats.warning,
                (false, false) => &self.formats.text,
            };
            let text = flagged(row, column, reject.faults);
            match as_number(row, column, is_warned && !is_fault) {
                Some(value) => sheet.write_number_with_format(number, place, value, format)?,
                None if text.is_empty() => sheet.write_blank(number, place, format)?,
                None => sheet.write_string_with_format(number, place, fitting(&text), format)?,
            };
            let note: Vec<String> = findings().filter(is_at).map(Finding::reason).collect();
            if !note.is_empty() && self.notes < MOST_NOTES {
                self.notes += 1;
                let text: String = note.join("\n").chars().take(MOST_OF_NOTE).collect();
                sheet.insert_note(number, place, &Note::new(text).add_author_prefix(false))?;
            }
        }
        let Some(code) = column_number(columns.headers.len()) else { return Ok(()) };
        sheet.write_string_with_format(number, code, fitting(reject.code), &self.formats.text)?;
        sheet.write_string_with_format(number, code + 1, fitting(&message), &self.formats.text)?;
        Ok(())
    }

    /// The file, with everything written.
    pub(super) fn into_output(mut self) -> io::Result<Output> {
        self.workbook.save_to_writer(&mut self.output).map_err(io::Error::other)?;
        Ok(self.output)
    }
}

/// The text that stands in the rejects for a cell: what is at fault for what the cell is, and not for its
/// text, is flagged, so that it is found at fault again. A number whose digits were lost, or that is
/// none of what its format shows, would seem mended as a text.
fn flagged(row: Row<'_>, column: usize, faults: &[Finding]) -> String {
    let is_fault = |mark| {
        let mut faults = faults.iter().filter(|finding| finding.column == Some(column));
        match mark {
            CellMark::General => faults.any(is_of_number),
            _ => faults.next().is_some(),
        }
    };
    let text = row.cell(column);
    let mut shown = text.to_owned();
    for mark in row.marks_of(column) {
        if mark == CellMark::Padded {
            text.trim().clone_into(&mut shown);
        }
        let flag = match mark {
            CellMark::Merged(range) => Some(Cow::Owned(flags::merged(range))),
            _ => flags::OF_MARKS
                .iter()
                .find(|(flagged, _)| *flagged == mark)
                .map(|(_, flag)| Cow::Borrowed(*flag)),
        };
        if let Some(flag) = flag.filter(|_| is_fault(mark)) {
            format!("{flag}{text}").trim_end().clone_into(&mut shown);
        }
    }
    shown
}

/// Whether it is no matter of the text: a telephone number would seem mended as a text, a ZIP code would not.
fn is_of_number(finding: &Finding) -> bool {
    let is_telephone = finding.field.is_some_and(|field| field.content == Content::Telephone);
    is_telephone && finding.code == OwnCode::LostZeros
}

/// A number that is to be looked at stays one, in a cell of the format Text: what a person types over
/// it is a text.
fn as_number(row: Row<'_>, column: usize, is_warned: bool) -> Option<f64> {
    let stays = |mark| matches!(mark, CellMark::Shortened | CellMark::General);
    let is_number = is_warned && row.marks_of(column).any(stays);
    is_number.then(|| row.cell(column).parse().ok()).flatten()
}

/// A column that a workbook has.
fn column_number(place: usize) -> Option<ColNum> {
    if place < MOST_COLUMNS { ColNum::try_from(place).ok() } else { None }
}

/// A text as far as a cell can hold it; one that is cut says so, and is found at fault.
fn fitting(text: &str) -> Cow<'_, str> {
    if sheet_limits::fits(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{CUT}{}", sheet_limits::start_beside(text, CUT)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sheet_limits::MOST_CHARS;

    #[test]
    fn a_text_that_does_not_fit_is_cut_between_characters_and_says_so() {
        assert_eq!(fitting("abc"), "abc");
        let fits = "ü".repeat(MOST_CHARS);
        assert_eq!(fitting(&fits), fits);
        let long = "\u{1F600}".repeat(MOST_CHARS);
        let cut = fitting(&long);
        let length = cut.encode_utf16().count();
        assert!(
            cut.starts_with("#CUT! \u{1F600}") && (MOST_CHARS - 1..=MOST_CHARS).contains(&length)
        );
    }
}
