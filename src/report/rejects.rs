//! The rejects: the rows that were not accepted, to be mended and fed back.
//!
//! They are in the input's own kind: a CSV for a text, a workbook for a workbook. A row keeps its own
//! columns and cells; the two columns that say what was wrong come after them.

use std::io;
use std::path::{Path, PathBuf};

use super::output::{OutputFault, Placed, Replace, move_aside};
use super::rejects_csv::RejectsCsv;
use super::rejects_xlsx::RejectsWorkbook;
use crate::model::mapping::{Layout, LeftOut, REJECT_COLUMNS};
use crate::model::outcome::Finding;
use crate::model::row::Row;

/// Which kind of file the rejects are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectsKind {
    /// Delimited text.
    Csv,
    /// A workbook; its sheet is called as that of the input.
    Workbook {
        /// The name of the sheet.
        sheet: String,
    },
}

/// Rows that were not accepted. The file is begun with the first of them.
#[derive(Debug)]
pub struct Rejects {
    path: PathBuf,
    replace: Replace,
    kind: RejectsKind,
    columns: OwnColumns,
    out: Option<Sink>,
}

#[derive(Debug)]
enum Sink {
    Csv(Box<RejectsCsv>),
    Workbook(Box<RejectsWorkbook>),
}

/// One rejected row.
#[derive(Clone, Debug)]
pub struct Reject<'a> {
    /// What the row failed with.
    pub code: &'a str,
    /// What the row failed with, in words.
    pub message: &'a str,
    /// Why it cannot be sent, cell by cell.
    pub faults: &'a [Finding],
    /// What a person should look at.
    pub warnings: &'a [Finding],
}

/// The columns of the input that a reject keeps: all but those of an earlier rejects file.
#[derive(Clone, Debug)]
pub(super) struct OwnColumns {
    /// The place of each column of the input in the rejects, if it is kept.
    places: Vec<Option<usize>>,
    /// The headers of the kept columns.
    pub(super) headers: Vec<String>,
}

impl OwnColumns {
    fn of(layout: &Layout) -> Self {
        let mut own = Self { places: Vec::new(), headers: Vec::new() };
        for column in &layout.columns {
            let is_kept = column.sets != Err(LeftOut::Rejects);
            own.places.push(is_kept.then_some(own.headers.len()));
            own.headers.extend(is_kept.then(|| column.header.clone()));
        }
        own
    }

    /// The header of the rejects.
    pub(super) fn header(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(String::as_str).chain(REJECT_COLUMNS)
    }

    /// Columns of the input, kept or not.
    pub(super) fn of_input(&self) -> usize {
        self.places.len()
    }

    /// The column of the rejects, from 0, in which a cell of the input stands; cells beyond the
    /// header come after the columns that say what was wrong.
    pub(super) fn place(&self, column: usize) -> Option<usize> {
        let beyond = || self.headers.len() + REJECT_COLUMNS.len() + column - self.places.len();
        self.places.get(column).copied().unwrap_or_else(|| Some(beyond()))
    }
}

impl Rejects {
    /// Rejects that will stand at `path`, of a sheet with these columns.
    #[must_use]
    pub fn new(path: &Path, replace: Replace, kind: RejectsKind, layout: &Layout) -> Self {
        let columns = OwnColumns::of(layout);
        Self { path: path.to_owned(), replace, kind, columns, out: None }
    }

    /// Adds a row with its own cells.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, reject: &Reject<'_>, row: Row<'_>) -> io::Result<()> {
        if self.out.is_none() {
            self.out = Some(self.begin()?);
        }
        match &mut self.out {
            Some(Sink::Csv(out)) => out.write(&self.columns, reject, row),
            Some(Sink::Workbook(out)) => out.write(&self.columns, reject, row),
            None => Err(io::Error::other("the rejects were not begun")),
        }
    }

    fn begin(&self) -> io::Result<Sink> {
        Ok(match &self.kind {
            RejectsKind::Csv => {
                let out = RejectsCsv::begin(&self.path, self.replace, &self.columns)?;
                Sink::Csv(Box::new(out))
            }
            RejectsKind::Workbook { sheet } => {
                let out = RejectsWorkbook::begin(&self.path, self.replace, sheet, &self.columns)?;
                Sink::Workbook(Box::new(out))
            }
        })
    }

    /// Puts the file in place; without a rejected row there is none. An earlier file of that
    /// name is not left standing as if it were this run's.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<Option<Placed>, OutputFault> {
        let output = match self.out {
            None => {
                move_aside(&self.path)?;
                return Ok(None);
            }
            Some(Sink::Csv(out)) => out.into_output(),
            Some(Sink::Workbook(out)) => out.into_output(),
        };
        let told = |fault| OutputFault::new(&self.path, "cannot be written to its end", fault);
        output.map_err(told)?.finish().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::mapping::Column;
    use crate::model::record::CUSTOMER_CONTACT;

    fn layout(headers: &[(&str, Option<LeftOut>)]) -> Layout {
        let column = |(header, left_out): &(&str, Option<LeftOut>)| Column {
            header: (*header).to_owned(),
            sets: left_out.map_or(Ok(Vec::new()), Err),
        };
        Layout {
            record: &CUSTOMER_CONTACT,
            columns: headers.iter().map(column).collect(),
            keys: Vec::new(),
            setters: Vec::new(),
            changes: None,
            keys_only: false,
        }
    }

    #[test]
    fn own_columns_keep_their_places_and_an_earlier_verdict_is_replaced() {
        let rejected = Some(LeftOut::Rejects);
        let columns = OwnColumns::of(&layout(&[
            ("A", None),
            ("B", None),
            ("MESSAGE_CODE", rejected),
            ("MESSAGE", rejected),
        ]));
        assert_eq!(columns.header().collect::<Vec<_>>(), ["A", "B", "MESSAGE_CODE", "MESSAGE"]);
        let places: Vec<_> = (0..6).map(|column| columns.place(column)).collect();
        assert_eq!(places, [Some(0), Some(1), None, None, Some(4), Some(5)]);
    }

    #[test]
    fn without_rejects_there_is_no_file_and_no_older_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.csv");
        std::fs::write(&path, "older").expect("written");
        let layout = layout(&[("A", None)]);
        let rejects = Rejects::new(&path, Replace::MoveAside, RejectsKind::Csv, &layout);
        assert_eq!(rejects.finish().expect("finished"), None);
        assert!(!path.exists());
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            1,
            "kept under a dated name"
        );
    }
}
