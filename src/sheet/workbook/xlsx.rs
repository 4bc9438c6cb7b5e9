//! Rows of an xlsx or xlsm, cell by cell, so that memory does not grow with the sheet (the table
//! of shared texts aside).

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Reader as _, Sheet, Xlsx, XlsxError};

use super::{Book, BookFault, Refused, shared_texts, stream, xlsx_facts};
use crate::sheet::facts::SheetFacts;
use crate::sheet::position::{Counted, Position};
use crate::sheet::shown::Formats;
use crate::sheet::source::Sink;

/// An open workbook.
pub(super) struct XlsxBook {
    workbook: Xlsx<BufReader<Counted<File>>>,
    /// The same open file: one that is put in its place in between is not looked into.
    file: File,
    facts: SheetFacts,
    position: Position,
}

impl XlsxBook {
    /// Opens a workbook and loads its shared texts.
    pub(super) fn open(path: &Path, position: &Position) -> Result<Self, BookFault> {
        let file = File::open(path)?;
        shared_texts::check(&file, shared_texts::IN_XLSX)?;
        let counted = Counted::new(file.try_clone()?, position);
        let workbook = Xlsx::new(BufReader::new(counted))?;
        Ok(Self { workbook, file, facts: SheetFacts::default(), position: position.clone() })
    }
}

impl Book for XlsxBook {
    fn sheets(&self) -> &[Sheet] {
        self.workbook.sheets_metadata()
    }

    fn turn_to(&mut self, sheet: &str) -> Result<(), BookFault> {
        self.facts = xlsx_facts::facts(&self.file, sheet)?;
        Ok(())
    }

    fn facts(&self) -> &SheetFacts {
        &self.facts
    }

    fn rows(&mut self, sheet: &str, sink: &mut Sink<'_>) -> Result<(), BookFault> {
        self.position.restart();
        let is_1904 = self.workbook.has_1904_epoch();
        let mut reader = self.workbook.worksheet_cells_reader(sheet)?;
        let formats = Formats::new(reader.styles(), is_1904);
        let mut row = 0;
        let next = || {
            let next = reader.next_cell_with_style_id()?;
            row = next.as_ref().map_or(row, |(cell, _)| cell.get_position().0);
            Ok::<_, XlsxError>(next)
        };
        let read = stream::rows(&self.facts, sink, next, |_, style| formats.get(*style));
        read.map_err(|fault| match fault.downcast_ref() {
            Some(XlsxError::CellError(shown)) => unknown_error(u64::from(row) + 1, shown),
            _ => fault,
        })
    }
}

/// The fault of a cell that stands nowhere before this row, numbered as Excel does. Saved again, it shows the same.
fn unknown_error(row: u64, shown: &str) -> BookFault {
    let text = format!(
        "a cell in row {row} or below shows the error {shown}, which cannot be read; look for it in Excel, give \
         the cell a value, and save"
    );
    Refused(text).into()
}
