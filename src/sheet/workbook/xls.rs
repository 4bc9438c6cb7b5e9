//! Rows of an xls, which calamine loads as a whole, with the formats that its records give.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader as _, Sheet, Xls};

use super::xls_records::XlsRecords;
use super::{Book, BookFault, xls_extent};
use crate::model::cells::{CellMark, Cells};
use crate::sheet::facts::SheetFacts;
use crate::sheet::shown::cell;
use crate::sheet::source::Sink;

/// An open workbook.
pub(super) struct XlsBook {
    workbook: Xls<Cursor<Vec<u8>>>,
    /// The same open file: one that is put in its place in between is not looked into.
    file: File,
    records: XlsRecords,
}

impl XlsBook {
    /// Loads a workbook.
    pub(super) fn open(path: &Path) -> Result<Self, BookFault> {
        let file = File::open(path)?;
        let workbook = Xls::new(xls_extent::checked(&file)?)?;
        Ok(Self { workbook, file, records: XlsRecords::default() })
    }
}

impl Book for XlsBook {
    fn sheets(&self) -> &[Sheet] {
        self.workbook.sheets_metadata()
    }

    fn turn_to(&mut self, sheet: &str) -> Result<(), BookFault> {
        self.records = XlsRecords::of(&self.file, sheet)?;
        Ok(())
    }

    fn facts(&self) -> &SheetFacts {
        &self.records.facts
    }

    fn rows(&mut self, sheet: &str, sink: &mut Sink<'_>) -> Result<(), BookFault> {
        let range = self.workbook.worksheet_range(sheet)?;
        let facts = &self.records.facts;
        let Some(end) = range.end() else { return Ok(()) };
        let mut cells = Cells::default();
        for row in 0..=end.0 {
            cells.clear();
            for column in 0..=end.1 {
                let value = range.get_value((row, column)).unwrap_or(&Data::Empty);
                cell::push(&mut cells, value, self.records.format(row, column));
                if facts.is_blank_formula((row, column)) {
                    cells.mark(CellMark::BlankFormula);
                }
            }
            if sink(u64::from(row) + 1, &cells).is_break() {
                break;
            }
        }
        Ok(())
    }
}
