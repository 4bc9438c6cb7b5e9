//! Rows of an xlsb, cell by cell, with the formats that its records give.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Reader as _, Sheet, Xlsb};

use super::xlsb_records::{self, XlsbRecords};
use super::{Book, BookFault, shared_texts, stream};
use crate::sheet::facts::SheetFacts;
use crate::sheet::source::Sink;

/// An open workbook.
pub(super) struct XlsbBook {
    workbook: Xlsb<BufReader<File>>,
    /// The same open file: one that is put in its place in between is not looked into.
    file: File,
    records: XlsbRecords,
}

impl XlsbBook {
    /// Opens a workbook and loads its shared texts.
    pub(super) fn open(path: &Path) -> Result<Self, BookFault> {
        let file = File::open(path)?;
        xlsb_records::check(&file)?;
        shared_texts::check(&file, shared_texts::IN_XLSB)?;
        let workbook = Xlsb::new(BufReader::new(file.try_clone()?))?;
        Ok(Self { workbook, file, records: XlsbRecords::default() })
    }
}

impl Book for XlsbBook {
    fn sheets(&self) -> &[Sheet] {
        self.workbook.sheets_metadata()
    }

    fn turn_to(&mut self, sheet: &str) -> Result<(), BookFault> {
        self.records = XlsbRecords::of(&self.file, sheet)?;
        Ok(())
    }

    fn facts(&self) -> &SheetFacts {
        &self.records.facts
    }

    fn rows(&mut self, sheet: &str, sink: &mut Sink<'_>) -> Result<(), BookFault> {
        let mut reader = self.workbook.worksheet_cells_reader(sheet)?;
        let next = || reader.next_cell().map(|cell| cell.map(|cell| (cell, ())));
        stream::rows(&self.records.facts, sink, next, |place, ()| self.records.format(place))
    }
}
