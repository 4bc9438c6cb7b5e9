//! The account while it is written.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::{Endings, FORMAT, FirstLine, Header, JournalFault, Line, Recorded};
use crate::engine::resume::{Entry, Past, Standing};
use crate::engine::{Doubt, Job};
use crate::model::change::Held;
use crate::model::outcome::Outcome;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::stored::Stored;

/// The account while it is written: by the thread that releases rows, and by the one that ends them.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// The same file, to bring it to disk while others write.
    disk: File,
    log: Mutex<Log>,
    earlier: Earlier,
}

/// What earlier legs of the run left.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    /// How the rows stood when they had ended.
    pub(super) past: Past,
    /// The rows of which the last ending was not a confirmed one.
    pub(super) unconfirmed: HashMap<u64, Outcome>,
    /// Of the rows that were begun and have not ended for good, what their records held before.
    pub(super) before: HashMap<u64, Vec<Held>>,
}

#[derive(Debug)]
struct Log {
    file: File,
    length: u64,
    line: Vec<u8>,
    past: Past,
    /// Whether a line could not be written whole: after it no other may follow.
    is_torn: bool,
    /// Endings that could not be written: they have happened, and must be told all the same.
    unwritten: HashMap<u64, Recorded>,
}

impl Journal {
    /// Begins an account of so many rows in `file`, which is empty, open for reading and writing, and stands at `path`.
    ///
    /// # Errors
    /// The first line cannot be written.
    pub fn begin(
        path: &Path,
        file: File,
        header: &Header,
        rows: usize,
    ) -> Result<Self, JournalFault> {
        let journal = Self::over(path, file, 0, Earlier::default())?;
        journal.log().past.expect(rows);
        let first = FirstLine { format: FORMAT, header };
        journal.log().write(&first).map_err(|fault| journal.fault(fault))?;
        Ok(journal)
    }

    /// Goes on with an account that has `length` good bytes, in a leg with this id.
    pub(super) fn go_on(
        path: &Path,
        file: File,
        length: u64,
        earlier: Earlier,
        leg: String,
    ) -> Result<Self, JournalFault> {
        let journal = Self::over(path, file, length, earlier)?;
        journal.log().add(&Line::Resumed(leg)).map_err(|fault| journal.fault(fault))?;
        Ok(journal)
    }

    pub(super) fn over(
        path: &Path,
        file: File,
        length: u64,
        earlier: Earlier,
    ) -> Result<Self, JournalFault> {
        let disk = file.try_clone().map_err(|fault| JournalFault::new(path, "written", fault))?;
        let past = earlier.past.clone();
        let (line, unwritten) = (Vec::new(), HashMap::new());
        let log = Log { file, length, line, past, is_torn: false, unwritten };
        Ok(Self { path: path.to_owned(), disk, log: Mutex::new(log), earlier })
    }

    /// Records, and brings to disk, that the rows below this index may be sent from now on.
    ///
    /// # Errors
    /// It cannot be; then none of them may be sent.
    pub fn release(&self, below: u64) -> Result<(), JournalFault> {
        let added = self.log().add(&Line::Released(below));
        added.and_then(|()| self.disk.sync_data()).map_err(|fault| self.fault(fault))
    }

    /// Records that a row may be sent from now on, and what the fields that it changes hold.
    ///
    /// # Errors
    /// It cannot be; then it may not be sent.
    pub fn begin_row(&self, row: u64, before: Vec<Held>) -> io::Result<()> {
        self.log().add(&Line::Begun { row, before })
    }

    /// Brings to disk what was recorded.
    ///
    /// # Errors
    /// It cannot be.
    pub fn keep(&self) -> io::Result<()> {
        self.disk.sync_data()
    }

    /// Records how a row has ended, and what is stored of it, if its record was looked at.
    ///
    /// # Errors
    /// It cannot be written; then nothing more may be sent. The ending is kept in memory.
    pub fn append(&self, job: &Job, outcome: &Outcome, stored: Option<&Stored>) -> io::Result<()> {
        let key = job.patch.key_values().map(str::to_owned).collect();
        let (place, before) = (job.place, job.before.clone());
        let is_kept = |name| {
            let is_changed = before.iter().flatten().any(|held| held.field == name);
            is_changed || CUSTOMER_CONTACT.stamps.contains(&name)
        };
        let kept = stored.filter(|_| before.is_some()).into_iter().flat_map(Stored::fields);
        let stored = kept.filter(|(field, _)| is_kept(field.name)).map(|(field, value)| Held {
            field: field.name.to_owned(),
            value: Some(value.to_owned()),
        });
        let stored = stored.collect();
        let recorded = Recorded { place, key, outcome: outcome.clone(), before, stored };
        self.log().end(recorded)
    }

    /// Whether the row with this index has ended for good in an earlier leg.
    #[must_use]
    pub fn is_done(&self, row: u64) -> bool {
        !self.earlier.past.standing(row).is_left_to_do()
    }

    /// What earlier legs left unknown of the row with this index.
    #[must_use]
    pub fn doubt(&self, row: u64) -> Option<Doubt> {
        if let Some(outcome) = self.earlier.unconfirmed.get(&row) {
            return Some(Doubt::Unconfirmed(Box::new(outcome.clone())));
        }
        (self.earlier.past.standing(row) == Standing::InDoubt).then_some(Doubt::CutOff)
    }

    /// What the record of a row held before an earlier leg began to send it, if one did.
    #[must_use]
    pub fn before(&self, row: u64) -> Option<&Vec<Held>> {
        self.earlier.before.get(&row)
    }

    /// Brings the leg to an orderly end, and goes over to reading.
    ///
    /// # Errors
    /// The account cannot be brought to disk.
    pub fn into_endings(self) -> Result<Endings, JournalFault> {
        let mut log = self.log.into_inner().unwrap_or_else(PoisonError::into_inner);
        // On a full disk what was released stays in doubt for later legs, not for this one.
        let closed = log.add(&Line::Closed).and_then(|()| self.disk.sync_data());
        log.past.add(Entry::Closed);
        if log.is_torn {
            // It is cut off where that can be done; the next reader would do it, too.
            let _ = log.file.set_len(log.length);
        } else {
            closed.map_err(|fault| JournalFault::new(&self.path, "written", fault))?;
        }
        let told = |fault| JournalFault::new(&self.path, "read", fault);
        log.file.seek(SeekFrom::Start(log.length)).map_err(told)?;
        Ok(Endings {
            path: self.path,
            reader: BufReader::new(log.file),
            past: log.past,
            at: log.length,
            unwritten: log.unwritten,
        })
    }

    /// Lets a file be written again that could not be: room was made on the disk.
    #[cfg(test)]
    pub(super) fn make_writable(&self, path: &Path) {
        self.log().file = File::options().read(true).append(true).open(path).expect("a file");
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, fault: io::Error) -> JournalFault {
        JournalFault::new(&self.path, "written", fault)
    }
}

impl Log {
    fn end(&mut self, recorded: Recorded) -> io::Result<()> {
        let line = Line::Ended(recorded);
        let written = self.add(&line);
        if let (Err(_), Line::Ended(recorded)) = (&written, line) {
            self.unwritten.insert(recorded.place.index, recorded);
        }
        written
    }

    fn add(&mut self, line: &Line) -> io::Result<()> {
        if self.is_torn {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let at = self.length;
        self.write(line).inspect_err(|_| self.is_torn = true)?;
        self.past.add(line.entry(at));
        Ok(())
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.file.write_all(&self.line)?;
        self.length += self.line.len() as u64;
        Ok(())
    }
}
