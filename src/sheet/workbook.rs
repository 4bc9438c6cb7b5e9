//! Rows of a workbook, by calamine.
//!
//! xlsx and xlsb are read cell by cell, so that memory does not grow with the sheet (the
//! table of shared texts aside); calamine loads a sheet of xls as a whole. An ods is read by
//! [`ods`], which knows what is shown.

use std::fmt::Display;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use calamine::{Cell, DataRef, Range, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx};

use super::cell;
use super::fault::SheetFault;
use super::kind::Kind;
use super::number_format::Format;
use super::ods;
use super::source::{Origin, Sink};
use super::styles::Formats;
use super::xls_formats::XlsFormats;
use super::xlsb_formats::XlsbFormats;
use crate::model::cells::Cells;
use crate::model::nearest::did_you_mean;

/// Which workbook, and which of its sheets.
pub(super) struct Book<'a> {
    /// The file as the person named it.
    pub(super) name: &'a str,
    /// Where it stands.
    pub(super) path: &'a Path,
    /// The sheet that the person named.
    pub(super) wanted: Option<&'a str>,
}

/// Hands on each row that has a cell, with its number as Excel counts.
///
/// # Errors
/// A workbook that cannot be read, or that has no such sheet.
pub(super) fn rows(
    book: &Book<'_>,
    kind: Kind,
    file: File,
    sink: &mut Sink<'_>,
) -> Result<Origin, SheetFault> {
    let file = BufReader::new(file);
    match kind {
        Kind::Xlsx => {
            let mut workbook: Xlsx<_> = book.open(file)?;
            let origin = book.choose(workbook.sheets_metadata())?;
            let is_1904 = workbook.has_1904_epoch();
            let mut reader = workbook
                .worksheet_cells_reader(origin.sheet_name())
                .map_err(book.damaged(&origin))?;
            let formats = Formats::new(reader.styles(), is_1904);
            book.stream(
                origin,
                sink,
                |_, style| formats.get(style),
                || reader.next_cell_with_style_id(),
            )
        }
        Kind::Xlsb => {
            let again = book.open_again()?;
            let mut workbook: Xlsb<_> = book.open(file)?;
            let origin = book.choose(workbook.sheets_metadata())?;
            let formats =
                XlsbFormats::of(&again, origin.sheet_name()).map_err(book.damaged(&origin))?;
            let mut reader = workbook
                .worksheet_cells_reader(origin.sheet_name())
                .map_err(book.damaged(&origin))?;
            book.stream(
                origin,
                sink,
                |at, _| formats.get(at.0, at.1),
                || reader.next_cell().map(|found| found.map(|cell| (cell, 0))),
            )
        }
        Kind::Xls => book.whole_xls(file, sink),
        Kind::Ods => {
            let sheets = ods::sheets(file.get_ref()).map_err(book.damaged(&Origin::default()))?;
            let origin = book.choose(&sheets)?;
            ods::rows(file.get_ref(), origin.sheet_name(), sink).map_err(book.damaged(&origin))?;
            Ok(origin)
        }
        Kind::Text => Err(SheetFault::new(book.name, "is text and not a workbook")),
    }
}

impl Book<'_> {
    fn open<R: Reader<BufReader<File>>>(&self, file: BufReader<File>) -> Result<R, SheetFault>
    where
        R::Error: Display,
    {
        R::new(file).map_err(|fault| SheetFault::new(self.name, damaged_text(&fault)))
    }

    /// The file once more, with a position of its own, for what calamine does not tell.
    fn open_again(&self) -> Result<File, SheetFault> {
        File::open(self.path).map_err(self.damaged(&Origin::default()))
    }

    fn damaged<E: Display>(&self, origin: &Origin) -> impl Fn(E) -> SheetFault {
        let fault = SheetFault::new(self.name, "").in_sheet(origin.sheet.as_deref());
        move |error| SheetFault { text: damaged_text(&error), ..fault.clone() }
    }

    /// The sheet that was named, or the first visible one.
    fn choose(&self, sheets: &[Sheet]) -> Result<Origin, SheetFault> {
        let tables = || sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let chosen = match self.wanted {
            Some(wanted) => tables().find(|sheet| sheet.name == wanted).ok_or_else(|| {
                let names: Vec<_> = tables().map(|sheet| format!("\"{}\"", sheet.name)).collect();
                let near = did_you_mean(wanted, tables().map(|sheet| sheet.name.as_str()));
                let text =
                    format!("has no sheet \"{wanted}\"; its sheets: {}{near}", names.join(", "));
                SheetFault::new(self.name, text)
            })?,
            None => {
                tables().find(|sheet| sheet.visible == SheetVisible::Visible).ok_or_else(|| {
                    SheetFault::new(self.name, "has no visible sheet; name one with --sheet")
                })?
            }
        };
        let other_sheets =
            tables().filter(|sheet| sheet.name != chosen.name).map(|sheet| sheet.name.clone());
        Ok(Origin { sheet: Some(chosen.name.clone()), other_sheets: other_sheets.collect() })
    }

    /// Hands on the rows of cells that come one by one, each with its style; `format` tells how a cell is shown.
    fn stream<'c, E: Display>(
        &self,
        origin: Origin,
        sink: &mut Sink<'_>,
        format: impl Fn((u32, u32), usize) -> &'c Format,
        mut next: impl FnMut() -> Result<Option<(Cell<DataRef<'c>>, usize)>, E>,
    ) -> Result<Origin, SheetFault> {
        let mut row = OpenRow::default();
        while let Some((found, style)) = next().map_err(self.damaged(&origin))? {
            let (number, column) = found.get_position();
            if *found.get_value() == DataRef::Empty {
                continue;
            }
            if row.moves_to(u64::from(number) + 1, sink).is_break() {
                return Ok(origin);
            }
            row.cells.pad(column as usize);
            let format = format(found.get_position(), style);
            cell::push(&mut row.cells, found.get_value(), Some(format));
        }
        let _ = row.moves_to(u64::MAX, sink);
        Ok(origin)
    }

    /// Hands on the rows of a sheet of an xls, which calamine loads as a whole.
    fn whole_xls(&self, file: BufReader<File>, sink: &mut Sink<'_>) -> Result<Origin, SheetFault> {
        let again = self.open_again()?;
        let mut workbook: Xls<_> = self.open(file)?;
        let origin = self.choose(workbook.sheets_metadata())?;
        let range = workbook.worksheet_range(origin.sheet_name()).map_err(self.damaged(&origin))?;
        let formats = XlsFormats::of(&again, origin.sheet_name()).map_err(self.damaged(&origin))?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut cells = Cells::default();
        for (values, row) in Range::rows(&range).zip(first_row..) {
            cells.clear();
            cells.pad(first_column as usize);
            for (value, column) in values.iter().zip(first_column..) {
                cell::push(&mut cells, value, formats.get(row, column));
            }
            if sink(u64::from(row) + 1, &cells).is_break() {
                break;
            }
        }
        Ok(origin)
    }
}

/// The row whose cells are being gathered.
#[derive(Default)]
struct OpenRow {
    number: u64,
    cells: Cells,
}

impl OpenRow {
    /// Hands the row on once a cell of a later one is met.
    fn moves_to(&mut self, number: u64, sink: &mut Sink<'_>) -> ControlFlow<()> {
        if number == self.number {
            return ControlFlow::Continue(());
        }
        let flow = match self.number {
            0 => ControlFlow::Continue(()),
            done => sink(done, &self.cells),
        };
        self.number = number;
        self.cells.clear();
        flow
    }
}

fn damaged_text(fault: &dyn Display) -> String {
    format!("cannot be read as a workbook ({fault}); open it in Excel and save it again as .xlsx")
}
