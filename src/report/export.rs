//! Records as a spreadsheet, to be edited and fed back: every value as the text that it is.

use std::fmt;
use std::io::{self, Write as _};

use rust_xlsxwriter::{ColNum, Color, Format, RowNum, Workbook, XlsxError};

use super::BOM;
use super::output::Output;
use crate::model::cells::trimmed;
use crate::model::record::{Field, Role};
use crate::model::rules::SiteRules;
use crate::model::sheet_limits;

/// Width of a column, in characters.
const WIDTH: f64 = 18.0;
/// Fill of the columns that nobody but the ERP sets.
const GREY: u32 = 0xD9_D9D9;
/// The name of the sheet.
const SHEET: &str = "Records";

/// Which kind of file an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// Delimited text.
    Csv,
    /// A workbook, whose cells are texts.
    Workbook,
}

/// What an export does not show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotShown {
    /// Cells that are blank though the field is not, since their text would be read as something else.
    pub left_blank: u64,
    /// The first of them: key, field, and why.
    pub first: String,
    /// Fields that no answer gave.
    pub fields: Vec<&'static str>,
}

/// Writes an export.
#[derive(Debug)]
pub struct ExportWriter {
    sink: Sink,
    fields: Vec<&'static Field>,
    site: SiteRules,
    rows: u64,
    is_shown: Vec<bool>,
    not_shown: NotShown,
}

#[derive(Debug)]
enum Sink {
    Csv(Box<csv::Writer<Output>>),
    Workbook(Box<ExportWorkbook>),
}

impl ExportWriter {
    /// Begins an export of these fields; a value that is the clear mark would be read as one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(
        mut output: Output,
        kind: ExportKind,
        fields: Vec<&'static Field>,
        site: &SiteRules,
    ) -> io::Result<Self> {
        let sink = match kind {
            ExportKind::Csv => {
                output.write_all(BOM)?;
                let mut out = csv::Writer::from_writer(output);
                out.write_record(fields.iter().map(|field| field.name))?;
                Sink::Csv(Box::new(out))
            }
            ExportKind::Workbook => {
                let begun = ExportWorkbook::begin(output, &fields);
                Sink::Workbook(Box::new(begun.map_err(io::Error::other)?))
            }
        };
        let is_shown = vec![false; fields.len()];
        let (site, not_shown) = (site.clone(), NotShown::default());
        Ok(Self { sink, fields, site, rows: 0, is_shown, not_shown })
    }

    /// Writes a record, of which `value` knows what its fields hold; nothing where an answer does not show it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write<'v>(&mut self, value: &dyn Fn(&Field) -> Option<&'v str>) -> io::Result<()> {
        self.rows += 1;
        let mut cells = Vec::with_capacity(self.fields.len());
        for position in 0..self.fields.len() {
            let field = self.fields[position];
            let shown = value(field);
            self.is_shown[position] |= shown.is_some();
            let text = shown.unwrap_or_default();
            let why = self.misread(field, text);
            if let Some(why) = why {
                self.leave_blank(field, why, value);
            }
            cells.push(if why.is_some() { "" } else { text });
        }
        match &mut self.sink {
            Sink::Csv(out) => Ok(out.write_record(&cells)?),
            Sink::Workbook(out) => out.write(&self.fields, &cells).map_err(io::Error::other),
        }
    }

    /// Why a text would not be read as the value that it is, if so.
    fn misread(&self, field: &Field, text: &str) -> Option<&'static str> {
        let is_mark = || self.site.is_clear_mark(trimmed(text));
        if field.role == Role::Updatable && is_mark() {
            return Some("the text would blank the field");
        }
        let is_workbook = matches!(self.sink, Sink::Workbook(_));
        let is_too_long = is_workbook && !sheet_limits::fits(text);
        is_too_long.then_some("the text is longer than a cell can be")
    }

    fn leave_blank<'v>(
        &mut self,
        field: &Field,
        why: &str,
        value: &dyn Fn(&Field) -> Option<&'v str>,
    ) {
        self.not_shown.left_blank += 1;
        if self.not_shown.first.is_empty() {
            let keys = self.fields.iter().filter(|field| field.role == Role::Key);
            let key: Vec<_> = keys.map(|key| value(key).unwrap_or_default()).collect();
            self.not_shown.first = format!("{} {}: {why}", key.join(" / "), field.name);
        }
    }

    /// Records that were written.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The file, with everything written, and what it does not show.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn into_output(self) -> io::Result<(Output, NotShown)> {
        let fields = self.fields.iter().zip(&self.is_shown).filter(|(_, is_shown)| !**is_shown);
        let fields = fields.map(|(field, _)| field.name).collect();
        let output = match self.sink {
            Sink::Csv(out) => out.into_inner().map_err(csv::IntoInnerError::into_error)?,
            Sink::Workbook(out) => out.into_output()?,
        };
        Ok((output, NotShown { fields, ..self.not_shown }))
    }
}

/// A workbook, of which the rows go to disk as they come.
struct ExportWorkbook {
    output: Output,
    workbook: Workbook,
    text: Format,
    read_only: Format,
    next: RowNum,
    columns: ColNum,
}

impl fmt::Debug for ExportWorkbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportWorkbook").field("next", &self.next).finish_non_exhaustive()
    }
}

impl ExportWorkbook {
    fn begin(output: Output, fields: &[&'static Field]) -> Result<Self, XlsxError> {
        let text = Format::new().set_num_format("@");
        let read_only = text.clone().set_background_color(Color::RGB(GREY));
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(SHEET)?;
        let keys = fields.iter().filter(|field| field.role == Role::Key).count();
        sheet.set_freeze_panes(1, ColNum::try_from(keys).unwrap_or(0))?;
        let mut columns = 0;
        for field in fields {
            let format = if field.role == Role::ReadOnly { &read_only } else { &text };
            sheet.set_column_width(columns, WIDTH)?;
            sheet.set_column_format(columns, format)?;
            let bold = format.clone().set_bold();
            sheet.write_string_with_format(0, columns, field.name, &bold)?;
            columns += 1;
        }
        Ok(Self { output, workbook, text, read_only, next: 1, columns })
    }

    /// A blank cell is not written: it has the format of its column.
    fn write(&mut self, fields: &[&'static Field], cells: &[&str]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, (field, cell)) in (0..).zip(fields.iter().zip(cells)) {
            if !cell.is_empty() {
                let is_read_only = field.role == Role::ReadOnly;
                let format = if is_read_only { &self.read_only } else { &self.text };
                sheet.write_string_with_format(self.next, column, *cell, format)?;
            }
        }
        self.next += 1;
        Ok(())
    }

    fn into_output(mut self) -> io::Result<Output> {
        let (last_row, last_column) = (self.next - 1, self.columns.saturating_sub(1));
        let sheet = self.workbook.worksheet_from_index(0).map_err(io::Error::other)?;
        sheet.autofilter(0, 0, last_row, last_column).map_err(io::Error::other)?;
        self.workbook.save_to_writer(&mut self.output).map_err(io::Error::other)?;
        Ok(self.output)
    }
}
