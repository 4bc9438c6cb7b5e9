//! The account while it is read: of a run that was interrupted, and of one that has just ended.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::write::Earlier;
use super::{FORMAT, FirstLine, Header, Journal, JournalFault, Line, Recorded};
use crate::engine::EarlierRows;
use crate::engine::resume::{Past, Standing};
use crate::model::change::Held;
use crate::model::outcome::{Outcome, Status};
use crate::model::tally::Tally;

/// How the rows of a run ended, by their index.
#[derive(Debug)]
pub struct Endings {
    pub(super) path: PathBuf,
    pub(super) reader: BufReader<File>,
    pub(super) past: Past,
    /// Where the reader stands.
    pub(super) at: u64,
    pub(super) unwritten: HashMap<u64, Recorded>,
}

/// The account of a run that left rows to do.
#[derive(Debug)]
pub struct Interrupted {
    /// What the run was.
    pub header: Header,
    /// Rows that ended, the last ending of each, as the run told it.
    pub tally: Tally,
    /// Rows that may have been sent, and of which no ending is known. Those that were not to be sent are among them:
    /// which these are, only the rows tell.
    pub in_doubt: u64,
    /// What the rows say of the endpoint that ended for good.
    pub ended: EarlierRows,
    endings: Endings,
    unconfirmed: HashMap<u64, Outcome>,
    before: HashMap<u64, Vec<Held>>,
}

impl Header {
    /// What the run was whose account stands at `path`; nothing if there is none that tells of rows that may have
    /// been sent, or that this program can read. It is left as it is.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        let reader = BufReader::new(File::open(path).ok()?);
        let mut lines = Lines { reader, line: Vec::new(), length: 0, number: 0 };
        let (_, first) = lines.next::<FirstLine<Self>>().ok()??;
        let (_, next) = lines.next::<Line>().ok()??;
        (first.format == FORMAT && !matches!(next, Line::Closed)).then_some(first.header)
    }
}

impl Interrupted {
    /// Reads the account at `path`; nothing if there is none, or if it broke off before anything was sent.
    /// `look` is shown each ending, in the order of the account.
    ///
    /// # Errors
    /// It cannot be read, or was not written by this program: only its last line may be torn.
    pub fn open(
        path: &Path,
        look: &mut dyn FnMut(&Recorded),
    ) -> Result<Option<Self>, JournalFault> {
        let told = |fault| JournalFault::new(path, "read", fault);
        let file = match File::options().read(true).write(true).open(path) {
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(told)?,
        };
        let mut lines =
            Lines { reader: BufReader::new(file), line: Vec::new(), length: 0, number: 0 };
        let Some(first) = lines.next::<FirstLine<Header>>().map_err(told)? else { return Ok(None) };
        if first.1.format != FORMAT {
            return Err(told(io::Error::other(format!(
                "it is of version {}, and this rowpatch reads version {FORMAT}",
                first.1.format
            ))));
        }
        let Earlier { mut past, mut unconfirmed, mut before } = Earlier::default();
        while let Some((at, line)) = lines.next::<Line>().map_err(told)? {
            past.add(line.entry(at));
            match line {
                Line::Begun { row, before: held } => drop(before.insert(row, held)),
                Line::Ended(recorded) => {
                    look(&recorded);
                    let Recorded { place, outcome, .. } = recorded;
                    if outcome.status == Status::Unconfirmed {
                        unconfirmed.insert(place.index, outcome);
                    } else {
                        unconfirmed.remove(&place.index);
                        before.remove(&place.index);
                    }
                }
                _ => {}
            }
        }
        if past.rows() == 0 {
            return Ok(None);
        }
        let at = lines.reader.stream_position().map_err(told)?;
        let (reader, length) = (lines.reader, lines.length);
        let mut endings =
            Endings { path: path.to_owned(), reader, past, at, unwritten: HashMap::new() };
        let (tally, in_doubt, ended) = endings.counted()?;
        // A torn last line is cut off, so that the next one begins where a line begins.
        endings.reader.get_ref().set_len(length).map_err(told)?;
        endings.at = length;
        endings.reader.seek(SeekFrom::Start(length)).map_err(told)?;
        let header = first.1.header;
        Ok(Some(Self { header, tally, in_doubt, ended, endings, unconfirmed, before }))
    }

    /// Goes on with the run, in a leg with this id.
    ///
    /// # Errors
    /// The account cannot be written.
    pub fn go_on(self, leg: String) -> Result<Journal, JournalFault> {
        let Endings { path, reader, past, at, .. } = self.endings;
        let earlier = Earlier { past, unconfirmed: self.unconfirmed, before: self.before };
        Journal::go_on(&path, reader.into_inner(), at, earlier, leg)
    }

    /// How many rows below this index have ended for good.
    #[must_use]
    pub fn final_rows(&self, below: u64) -> u64 {
        self.endings.past.final_rows(below)
    }

    /// The endings as they stand, to be told without going on.
    #[must_use]
    pub fn into_endings(self) -> Endings {
        self.endings
    }
}

/// What is known of how a row ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly every ending is told")]
pub enum Ending {
    /// It ended so.
    Told(Recorded),
    /// It may have been sent; how it ended is not known. What the fields that it changes held before, where its record
    /// was looked at.
    InDoubt(Option<Vec<Held>>),
    /// It was not sent.
    None,
}

impl Endings {
    /// How the row with this index has ended.
    ///
    /// # Errors
    /// Its line cannot be read, or is not what was written.
    pub fn of(&mut self, row: u64) -> Result<Ending, JournalFault> {
        if let Some(recorded) = self.unwritten.get(&row) {
            return Ok(Ending::Told(recorded.clone()));
        }
        let at = match self.past.standing(row) {
            Standing::Untouched => return Ok(Ending::None),
            Standing::InDoubt => match self.past.begun_at(row) {
                Some(at) => at,
                None => return Ok(Ending::InDoubt(None)),
            },
            Standing::Open { at } | Standing::Final { at } => at,
        };
        self.read(at, row).map_err(|fault| JournalFault::new(&self.path, "read", fault))
    }

    /// What ended how, how many rows are in doubt, and what those say of the endpoint that ended for good.
    fn counted(&mut self) -> Result<(Tally, u64, EarlierRows), JournalFault> {
        let (mut tally, mut in_doubt) = (Tally::default(), 0);
        let mut ended = EarlierRows::default();
        for row in 0..self.past.rows() {
            match self.of(row)? {
                Ending::Told(Recorded { place, outcome, .. }) => {
                    tally.add(place.number, &outcome);
                    ended.add(&outcome);
                }
                Ending::InDoubt(_) => in_doubt += 1,
                Ending::None => {}
            }
        }
        Ok((tally, in_doubt, ended))
    }

    /// The number of rows up to the last one that anything is known of.
    #[must_use]
    pub fn rows(&self) -> u64 {
        let unwritten = self.unwritten.keys().max().map_or(0, |last| last + 1);
        unwritten.max(self.past.rows())
    }

    /// Removes the account.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(self) -> Result<(), JournalFault> {
        std::fs::remove_file(&self.path)
            .map_err(|fault| JournalFault::new(&self.path, "removed", fault))
    }

    /// Reading mostly goes forward: a jump within what is buffered costs no system call.
    fn read(&mut self, offset: u64, row: u64) -> io::Result<Ending> {
        self.reader.seek_relative(offset.cast_signed() - self.at.cast_signed())?;
        let mut line = Vec::new();
        self.at = offset + self.reader.read_until(b'\n', &mut line)? as u64;
        match serde_json::from_slice(&line)? {
            Line::Ended(read) if read.place.index == row => Ok(Ending::Told(read)),
            Line::Begun { row: begun, before } if begun == row => Ok(Ending::InDoubt(Some(before))),
            _ => Err(io::Error::other("a line is not that of its row")),
        }
    }
}

/// The whole lines of an account, and where they end.
struct Lines {
    reader: BufReader<File>,
    line: Vec<u8>,
    length: u64,
    number: u64,
}

impl Lines {
    /// The next line and where it begins; nothing at the end, or if the last line is torn.
    fn next<T: for<'de> serde::Deserialize<'de>>(&mut self) -> io::Result<Option<(u64, T)>> {
        self.line.clear();
        self.reader.read_until(b'\n', &mut self.line)?;
        if self.line.last() != Some(&b'\n') {
            return Ok(None);
        }
        self.number += 1;
        let at = self.length;
        self.length += self.line.len() as u64;
        let line = serde_json::from_slice(&self.line);
        let line =
            line.map_err(|fault| io::Error::other(format!("line {}: {fault}", self.number)))?;
        Ok(Some((at, line)))
    }
}
