//! The rejects CSV: the rows that were not accepted, to be mended and fed back.
//!
//! The two columns that say what was wrong come first: so a row that has too few or too many
//! cells keeps its own cells as they are, and is found at fault again when it is fed back unmended.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::BOM;
use super::defuse::defuse;
use super::output::{Output, OutputFault, Placed, Replace, move_aside};
use crate::model::mapping::{Layout, LeftOut, REJECT_COLUMNS};

/// Rows that were not accepted. The file is begun with the first of them.
#[derive(Debug)]
pub struct Rejects {
    path: PathBuf,
    replace: Replace,
    /// The columns of the input that are kept: all but those of an earlier rejects file.
    kept: Vec<bool>,
    header: Vec<String>,
    out: Option<csv::Writer<Output>>,
}

/// One rejected row.
#[derive(Clone, Debug)]
pub struct Reject<'a> {
    /// What the row failed with.
    pub code: &'a str,
    /// What the row failed with, in words.
    pub message: &'a str,
}

impl Rejects {
    /// Rejects that will stand at `path`, of a sheet with these columns.
    #[must_use]
    pub fn new(path: &Path, replace: Replace, layout: &Layout) -> Self {
        let kept: Vec<bool> =
            layout.columns.iter().map(|column| column.sets != Err(LeftOut::Rejects)).collect();
        let own = layout
            .columns
            .iter()
            .zip(&kept)
            .filter(|(_, kept)| **kept)
            .map(|(column, _)| column.header.clone());
        let header = REJECT_COLUMNS.iter().map(|name| (*name).to_owned()).chain(own).collect();
        Self { path: path.to_owned(), replace, kept, header, out: None }
    }

    /// Adds a row with its own cells.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write<'a>(
        &mut self,
        reject: &Reject<'_>,
        cells: impl Iterator<Item = &'a str>,
    ) -> io::Result<()> {
        let own = cells.zip(self.kept.iter().copied().chain(std::iter::repeat(true)));
        let own: Vec<&str> = own.filter(|(_, kept)| *kept).map(|(cell, _)| cell).collect();
        let out = self.begun()?;
        out.write_field(defuse(reject.code).as_bytes())?;
        out.write_field(defuse(reject.message).as_bytes())?;
        for cell in own {
            out.write_field(cell)?;
        }
        Ok(out.write_record(None::<&[u8]>)?)
    }

    fn begun(&mut self) -> io::Result<&mut csv::Writer<Output>> {
        if self.out.is_none() {
            let mut output = Output::create(&self.path, self.replace).map_err(io::Error::other)?;
            output.write_all(BOM)?;
            let mut out = csv::WriterBuilder::new().flexible(true).from_writer(output);
            out.write_record(&self.header)?;
            self.out = Some(out);
        }
        self.out.as_mut().ok_or_else(|| io::Error::other("the rejects were not begun"))
    }

    /// Puts the file in place; without a rejected row there is none. An earlier file of that
    /// name is not left standing as if it were this run's.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<Option<Placed>, OutputFault> {
        let Some(out) = self.out else {
            move_aside(&self.path)?;
            return Ok(None);
        };
        let told = |fault| OutputFault::new(&self.path, "cannot be written to its end", fault);
        let output = out.into_inner().map_err(|fault| told(fault.into_error()))?;
        output.finish().map(Some)
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
        }
    }

    #[test]
    fn own_cells_stay_as_they_are_and_an_earlier_verdict_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.csv");
        let rejected = Some(LeftOut::Rejects);
        let layout =
            layout(&[("MESSAGE_CODE", rejected), ("A", None), ("MESSAGE", rejected), ("B", None)]);
        let mut rejects = Rejects::new(&path, Replace::Own, &layout);
        let reject = Reject { code: "E1", message: "=no" };
        rejects.write(&reject, ["old", "=1", "older", "x\r\n\"y\""].into_iter()).expect("written");
        rejects.write(&reject, ["old", "short"].into_iter()).expect("written");
        rejects.write(&reject, ["old", "a", "older", "b", "long"].into_iter()).expect("written");
        rejects.finish().expect("placed").expect("a file");
        let text = std::fs::read_to_string(&path).expect("text");
        let expected = "\u{feff}MESSAGE_CODE,MESSAGE,A,B\nE1,'=no,=1,\"x\r\n\"\"y\"\"\"\nE1,'=no,short\nE1,'=no,a,b,long\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn without_rejects_there_is_no_file_and_no_older_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.csv");
        std::fs::write(&path, "older").expect("written");
        let rejects = Rejects::new(&path, Replace::MoveAside, &layout(&[("A", None)]));
        assert_eq!(rejects.finish().expect("finished"), None);
        assert!(!path.exists());
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            1,
            "kept under a dated name"
        );
    }
}
