//! The account of endings, written while rows are sent.
//!
//! Append-only: a first line that says what the run is, then a line for each row that has
//! ended, written before the next row of the same key is sent. Nothing is held in memory for
//! the end but where each row's line begins (8 bytes a row), so that results can be written
//! in row order.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Job;
use crate::model::outcome::Outcome;
use crate::model::row::Place;

/// Version of the format.
const FORMAT: u32 = 1;

/// What a run is and what it depends on: the first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The run.
    pub run_id: String,
    /// SHA-256 of the rows as read.
    pub rows: String,
    /// Address of the target.
    pub base_url: String,
    /// Data source of the target.
    pub data_source: String,
    /// Header of each column, and the fields that it sets.
    pub columns: Vec<(String, Vec<String>)>,
}

/// Why the account cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: the record of what became of the rows cannot be {doing}: {fault}")]
pub struct JournalFault {
    path: String,
    doing: &'static str,
    fault: io::Error,
}

/// The account while it is written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Where the line of each row begins, by the row's index; 0 is none.
    offsets: Vec<u64>,
    length: u64,
    line: Vec<u8>,
    /// Endings that could not be written: they have happened, and must be told all the same.
    unwritten: HashMap<u64, Recorded>,
}

#[derive(Serialize)]
struct FirstLine<'a> {
    format: u32,
    #[serde(flatten)]
    header: &'a Header,
}

#[derive(Serialize)]
struct EndingLine<'a> {
    place: Place,
    key: Vec<&'a str>,
    outcome: &'a Outcome,
}

/// How one row has ended.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Recorded {
    /// Where the row stands.
    pub place: Place,
    /// The values of its key fields.
    pub key: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Journal {
    /// Begins an account in `file`, which is empty, open for reading and writing, and stands at `path`.
    ///
    /// # Errors
    /// The first line cannot be written.
    pub fn begin(path: &Path, file: File, header: &Header) -> Result<Self, JournalFault> {
        let mut journal = Self {
            path: path.to_owned(),
            file,
            offsets: Vec::new(),
            length: 0,
            line: Vec::new(),
            unwritten: HashMap::new(),
        };
        journal
            .write(&FirstLine { format: FORMAT, header })
            .map_err(|fault| journal.fault("written", fault))?;
        Ok(journal)
    }

    /// Records how a row has ended.
    ///
    /// # Errors
    /// It cannot be written; then nothing more may be sent. The ending is kept in memory.
    pub fn append(&mut self, job: &Job, outcome: &Outcome) -> io::Result<()> {
        let key = || job.patch.key_values();
        let at = self.length;
        let written = if self.unwritten.is_empty() {
            self.write(&EndingLine { place: job.place, key: key().collect(), outcome })
        } else {
            // After a torn line no other may follow.
            Err(io::ErrorKind::StorageFull.into())
        };
        if written.is_err() {
            let key = key().map(str::to_owned).collect();
            self.unwritten.insert(
                job.place.index,
                Recorded { place: job.place, key, outcome: outcome.clone() },
            );
            return written;
        }
        let row = usize::try_from(job.place.index).map_err(io::Error::other)?;
        if self.offsets.len() <= row {
            self.offsets.resize(row + 1, 0);
        }
        self.offsets[row] = at;
        Ok(())
    }

    /// Goes over to reading.
    ///
    /// # Errors
    /// The account cannot be brought to disk.
    pub fn into_endings(self) -> Result<Endings, JournalFault> {
        self.file.sync_data().map_err(|fault| self.fault("written", fault))?;
        Ok(Endings {
            path: self.path,
            reader: BufReader::new(self.file),
            offsets: self.offsets,
            at: self.length,
            unwritten: self.unwritten,
        })
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.file.write_all(&self.line)?;
        self.length += self.line.len() as u64;
        Ok(())
    }

    fn fault(&self, doing: &'static str, fault: io::Error) -> JournalFault {
        JournalFault { path: self.path.display().to_string(), doing, fault }
    }
}

/// The account while it is read.
#[derive(Debug)]
pub struct Endings {
    path: PathBuf,
    reader: BufReader<File>,
    offsets: Vec<u64>,
    at: u64,
    unwritten: HashMap<u64, Recorded>,
}

impl Endings {
    /// How the row with this index has ended; nothing if it was never taken in.
    ///
    /// # Errors
    /// Its line cannot be read, or is not what was written.
    pub fn get(&mut self, row: u64) -> Result<Option<Recorded>, JournalFault> {
        if let Some(recorded) = self.unwritten.get(&row) {
            return Ok(Some(recorded.clone()));
        }
        let offset =
            usize::try_from(row).ok().and_then(|row| self.offsets.get(row)).copied().unwrap_or(0);
        if offset == 0 {
            return Ok(None);
        }
        self.read(offset, row).map(Some).map_err(|fault| self.fault("read", fault))
    }

    /// The number of rows up to the last one that has ended.
    #[must_use]
    pub fn rows(&self) -> u64 {
        let unwritten = self.unwritten.keys().max().map_or(0, |last| last + 1);
        unwritten.max(self.offsets.len() as u64)
    }

    /// Removes the account.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(self) -> Result<(), JournalFault> {
        std::fs::remove_file(&self.path).map_err(|fault| self.fault("removed", fault))
    }

    /// Reading mostly goes forward: a jump within what is buffered costs no system call.
    fn read(&mut self, offset: u64, row: u64) -> io::Result<Recorded> {
        self.reader.seek_relative(offset.cast_signed() - self.at.cast_signed())?;
        let mut line = Vec::new();
        self.at = offset + self.reader.read_until(b'\n', &mut line)? as u64;
        let read: Recorded = serde_json::from_slice(&line)?;
        if read.place.index == row {
            Ok(read)
        } else {
            Err(io::Error::other("a line is not that of its row"))
        }
    }

    fn fault(&self, doing: &'static str, fault: io::Error) -> JournalFault {
        JournalFault { path: self.path.display().to_string(), doing, fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::Code;
    use crate::model::key::Key;
    use crate::model::outcome::Status;
    use crate::model::patch::Patch;

    fn outcome(message: &str) -> Outcome {
        Outcome {
            http_status: Some(500),
            ..Outcome::unsent(Status::Failed, Some(Code::Endpoint("E".into())), message.into())
        }
    }

    fn begun(path: &Path) -> Journal {
        let file =
            File::options().read(true).write(true).create_new(true).open(path).expect("a file");
        let header = Header {
            run_id: "r".into(),
            rows: "hash".into(),
            base_url: "http://127.0.0.1".into(),
            data_source: "DEMO".into(),
            columns: Vec::new(),
        };
        Journal::begin(path, file, &header).expect("begun")
    }

    fn job(row: u64) -> Job {
        let place = Place { index: row, number: row + 2 };
        Job { place, key: Key::fold(["A"]), patch: Patch::default() }
    }

    #[test]
    fn endings_are_read_back_by_row_whatever_order_they_came_in() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        let mut journal = begun(&path);
        for row in [7, 0, 3] {
            journal.append(&job(row), &outcome(&format!("line\n{row}"))).expect("written");
        }
        let mut endings = journal.into_endings().expect("readable");
        for row in [0, 1, 3, 7, 8] {
            let expected = [0, 3, 7].contains(&row).then(|| outcome(&format!("line\n{row}")));
            let read = endings.get(row).expect("readable").map(|read| read.outcome);
            assert_eq!(read, expected, "{row}");
        }
        let first = std::fs::read_to_string(&path).expect("text");
        assert!(first.starts_with("{\"format\":1,\"run_id\":\"r\""));
        endings.remove().expect("removed");
        assert!(!path.exists());
    }

    #[test]
    fn an_ending_that_cannot_be_written_is_told_all_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        let mut journal = begun(&path);
        journal.append(&job(0), &outcome("written")).expect("written");
        journal.file = File::open(&path).expect("a file that can only be read");
        for row in [1, 2] {
            journal.append(&job(row), &outcome("kept")).expect_err("not written");
        }
        let mut endings = journal.into_endings().expect("readable");
        assert_eq!(endings.rows(), 3);
        for row in [1, 2] {
            let read = endings.get(row).expect("readable").map(|read| read.outcome);
            assert_eq!(read, Some(outcome("kept")));
        }
    }
}
