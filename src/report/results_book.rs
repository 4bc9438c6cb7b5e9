//! Results as a workbook: a sheet with counts and a chart, and one with a line for each row, to filter and sort.
//!
//! It takes lines as texts by column, so that those of a run and those of a results CSV can be given to it alike.

use std::fmt;
use std::io;

use rust_xlsxwriter::{
    ColNum, Format, IgnoreError, Note, RowNum, Table, TableColumn, TableStyle, Workbook, Worksheet,
    XlsxError,
};

use super::book_cells::{Formats, LineColumns, cell_text};
use super::book_summary::{BookSummary, NOTES_LEFT_OUT, write_summary};
use super::output::Output;
use crate::model::sheet_limits::MOST_ROWS;

/// Lines up to which the sheet is a table of the spreadsheet program's own: for each of its cells the writer of
/// workbooks keeps something in memory. Beyond that the lines have filters, and are written as they come.
const MOST_OF_TABLE: usize = 20_000;
/// Bytes of texts that are kept until it is known whether there are more lines than that.
const MOST_KEPT: usize = 16 << 20;
/// Cells that get a note; they are kept in memory, and a workbook with more is slow to open.
const MOST_NOTES: usize = 5_000;
/// Characters of a note that are enough to see what is wrong.
const MOST_OF_NOTE: usize = 1_000;
/// The number by which a workbook calls that size of paper.
pub(super) const A4: u8 = 9;
/// The sheet of the lines is called so.
const SHEET: &str = "Results";

/// The workbook, as far as it was written.
pub struct ResultsBook {
    workbook: Workbook,
    columns: LineColumns,
    formats: Formats,
    /// Lines that are not written yet; nothing once there are too many for a table.
    kept: Option<Vec<Vec<String>>>,
    kept_bytes: usize,
    /// The sheet that is written to, counted from 0, its next row, and how many it can have.
    sheet: usize,
    next: RowNum,
    most_rows: RowNum,
    notes: usize,
    /// Whether the lines are a table.
    is_table: bool,
}

impl fmt::Debug for ResultsBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultsBook").field("next", &self.next).finish_non_exhaustive()
    }
}

impl ResultsBook {
    /// Begins a workbook of lines with these columns, those of the results CSV.
    #[must_use]
    pub fn begin(columns: &[String]) -> Self {
        let mut workbook = Workbook::new();
        // The first sheet tells of the others, and is written last.
        workbook.add_worksheet();
        Self {
            workbook,
            columns: LineColumns::of(columns),
            formats: Formats::new(),
            kept: Some(Vec::new()),
            kept_bytes: 0,
            sheet: 0,
            next: 0,
            most_rows: MOST_ROWS,
            notes: 0,
            is_table: false,
        }
    }

    /// Adds the next line: a text for each column, as it came and not defused.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, cells: Vec<String>) -> io::Result<()> {
        let Some(kept) = &mut self.kept else {
            return self.add(&cells).map_err(io::Error::other);
        };
        self.kept_bytes += cells.iter().map(String::len).sum::<usize>();
        kept.push(cells);
        if kept.len() <= MOST_OF_TABLE && self.kept_bytes <= MOST_KEPT {
            return Ok(());
        }
        let kept = self.kept.take().unwrap_or_default();
        kept.iter().try_for_each(|cells| self.add(cells)).map_err(io::Error::other)
    }

    /// Writes all that is left, and what the first sheet tells.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self, summary: &BookSummary<'_>, mut output: Output) -> io::Result<Output> {
        self.end(summary)
            .and_then(|()| self.workbook.save_to_writer(&mut output))
            .map_err(io::Error::other)?;
        Ok(output)
    }

    fn end(&mut self, summary: &BookSummary<'_>) -> Result<(), XlsxError> {
        match self.kept.take().filter(|kept| !kept.is_empty()) {
            Some(kept) => {
                self.begin_sheet(Some(kept.len()))?;
                kept.iter().try_for_each(|cells| self.add(cells))?;
            }
            None if self.next == 0 => self.begin_sheet(None)?,
            None => {}
        }
        self.end_sheet()?;
        let notes = (self.notes > MOST_NOTES).then(|| (NOTES_LEFT_OUT, MOST_NOTES.to_string()));
        write_summary(self.workbook.worksheet_from_index(0)?, summary, notes.as_ref())
    }

    fn add(&mut self, cells: &[String]) -> Result<(), XlsxError> {
        if self.next == 0 || self.next == self.most_rows {
            self.end_sheet()?;
            self.begin_sheet(None)?;
        }
        let row = self.next;
        self.next += 1;
        let sheet = self.workbook.worksheet_from_index(self.sheet)?;
        for (place, text) in (0..).zip(cells) {
            let column = usize::from(place);
            let format = self.columns.format(&self.formats, cells, column);
            match self.columns.number(cells, column) {
                Some(number) => sheet.write_number_with_format(row, place, number, format)?,
                None if text.is_empty() => sheet.write_blank(row, place, format)?,
                None => sheet.write_string_with_format(row, place, cell_text(text), format)?,
            };
            if let Some(why) = self.columns.fault(cells, column) {
                self.notes += 1;
                if self.notes <= MOST_NOTES {
                    let why: String = cell_text(why).chars().take(MOST_OF_NOTE).collect();
                    sheet.insert_note(row, place, &Note::new(why).add_author_prefix(false))?;
                }
            }
        }
        Ok(())
    }

    /// Begins a sheet with its header, as a table of so many lines if that is known.
    fn begin_sheet(&mut self, lines: Option<usize>) -> Result<(), XlsxError> {
        self.sheet += 1;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(match self.sheet {
            1 => SHEET.to_owned(),
            number => format!("{SHEET} {number}"),
        })?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
        for (place, name) in (0..).zip(self.columns.names()) {
            sheet.set_column_width(place, LineColumns::width(name))?;
        }
        let lines = lines.and_then(|lines| RowNum::try_from(lines).ok());
        self.is_table = lines.is_some();
        match lines {
            Some(lines) => table(sheet, &self.columns, lines)?,
            None => {
                for (place, name) in (0..).zip(self.columns.names()) {
                    sheet.write_string_with_format(0, place, name, &self.formats.header)?;
                }
            }
        }
        self.next = 1;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        if self.next == 0 {
            return Ok(());
        }
        let sheet = self.workbook.worksheet_from_index(self.sheet)?;
        let last = (self.next - 1).max(1);
        let right = last_column(&self.columns);
        // Keys of digits are texts, and meant to be.
        sheet.ignore_error_range(1, 0, last, right, IgnoreError::NumberStoredAsText)?;
        if !self.is_table {
            sheet.autofilter(0, 0, last, right)?;
        }
        Ok(())
    }
}

fn last_column(columns: &LineColumns) -> ColNum {
    ColNum::try_from(columns.names().len().saturating_sub(1)).unwrap_or(ColNum::MAX)
}

fn table(sheet: &mut Worksheet, columns: &LineColumns, lines: RowNum) -> Result<(), XlsxError> {
    let header = Format::new().set_bold();
    let named = columns.names().iter();
    let named = named.map(|name| TableColumn::new().set_header(name).set_header_format(&header));
    let named: Vec<_> = named.collect();
    let table = Table::new().set_columns(&named).set_style(TableStyle::Light1);
    sheet.add_table(0, 0, lines, last_column(columns), &table)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use calamine::{Reader as _, Xlsx, open_workbook};
    use tempfile::TempDir;

    use super::*;
    use crate::model::tally::Tally;
    use crate::report::output::Replace;

    fn book() -> ResultsBook {
        ResultsBook::begin(&["row", "status", "MESSAGE_CODE", "MESSAGE"].map(str::to_owned))
    }

    fn line(row: usize) -> Vec<String> {
        vec![row.to_string(), "failed".into(), "E1".into(), format!("because {row}")]
    }

    fn finished(book: ResultsBook) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.xlsx");
        let output = Output::create(&path, Replace::Own).expect("created");
        let summary = BookSummary { facts: &[], tally: &Tally::default() };
        book.finish(&summary, output).expect("whole").finish().expect("placed");
        (folder, path)
    }

    #[test]
    fn a_sheet_that_is_full_is_followed_by_another() {
        let mut book = ResultsBook { kept: None, most_rows: 4, ..book() };
        (0..7).for_each(|row| book.write(line(row)).expect("written"));
        let (_folder, path) = finished(book);
        let mut read: Xlsx<_> = open_workbook(&path).expect("a workbook");
        assert_eq!(read.sheet_names(), ["Summary", "Results", "Results 2", "Results 3"]);
        let sizes = ["Results", "Results 2", "Results 3"];
        let sizes = sizes.map(|name| read.worksheet_range(name).expect("a sheet").height());
        assert_eq!(sizes, [4, 4, 2]);
    }

    #[test]
    fn there_is_a_header_though_there_are_no_lines() {
        let (_folder, path) = finished(book());
        let mut read: Xlsx<_> = open_workbook(&path).expect("a workbook");
        assert_eq!(read.worksheet_range("Results").expect("a sheet").get_size(), (1, 4));
    }

    #[test]
    fn notes_have_an_end_which_is_told() {
        let mut book = book();
        (0..=MOST_NOTES).for_each(|row| book.write(line(row)).expect("written"));
        let (_folder, path) = finished(book);
        let file = std::fs::File::open(&path).expect("a file");
        let mut parts = zip::ZipArchive::new(file).expect("an archive");
        let notes = std::io::read_to_string(parts.by_name("xl/comments1.xml").expect("notes"));
        assert_eq!(notes.expect("text").matches("<comment ").count(), MOST_NOTES);
        let mut read: Xlsx<_> = open_workbook(&path).expect("a workbook");
        let summary = read.worksheet_range("Summary").expect("a sheet");
        let told = |row: &[calamine::Data]| row[0] == NOTES_LEFT_OUT && row[1] == "5000";
        assert!(summary.rows().any(|row| told(&row[..2])));
    }
}
