//! The rows of a baseline, by the keys of their records: what sheets are compared with before anybody is asked.
//!
//! The values stand in a private temporary file; memory holds some twenty bytes for each record, and a key is found
//! by its hash and then compared with the one that was written.

use std::fs::File;
use std::hash::RandomState;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::sync::{Mutex, PoisonError};

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use crate::model::key::Key;

/// What a baseline says of one record: by the position of each field in the record type's table, its text. A field
/// that is not in it was blank; one that was to be blanked has a text of no length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineRecord {
    key: Key,
    values: Vec<(usize, String)>,
}

impl BaselineRecord {
    /// The record with this key and these values.
    #[must_use]
    pub fn new(key: Key, values: Vec<(usize, String)>) -> Self {
        Self { key, values }
    }

    /// The text of the field at a position.
    #[must_use]
    pub fn value(&self, position: usize) -> Option<&str> {
        self.values.iter().find(|(at, _)| *at == position).map(|(_, text)| text.as_str())
    }

    /// The position of each field that it fills in, with its text.
    pub fn values(&self) -> impl Iterator<Item = (usize, &str)> {
        self.values.iter().map(|(at, text)| (*at, text.as_str()))
    }

    /// What is said later wins, field by field, as in an update.
    fn overlaid(mut self, later: Self) -> Self {
        self.values.retain(|(at, _)| later.value(*at).is_none());
        self.values.extend(later.values);
        self
    }
}

/// Where the record of each key stands in the file.
#[derive(Debug, Default)]
struct Index {
    table: HashTable<u32>,
    hashes: Vec<u64>,
    places: Vec<u64>,
    seed: RandomState,
}

impl Index {
    /// Where records with the hash of this key stand, each with its number in the lists.
    fn candidates(&self, key: &Key) -> impl Iterator<Item = (usize, u64)> {
        let hash = key.hash_with(&self.seed);
        let numbers = self.table.iter_hash(hash).map(|number| *number as usize);
        numbers.filter(move |number| self.hashes[*number] == hash).map(|at| (at, self.places[at]))
    }

    fn insert(&mut self, key: &Key, place: u64) -> io::Result<()> {
        let Self { table, hashes, places, seed } = self;
        let hash = key.hash_with(seed);
        let number = u32::try_from(places.len()).map_err(io::Error::other)?;
        hashes.push(hash);
        places.push(place);
        table.insert_unique(hash, number, |number| hashes[*number as usize]);
        Ok(())
    }

    fn remove(&mut self, key: &Key, number: usize) {
        let hash = key.hash_with(&self.seed);
        if let Ok(entry) = self.table.find_entry(hash, |at| *at as usize == number) {
            entry.remove();
        }
    }
}

/// A baseline that is being read.
#[derive(Debug)]
pub struct BaselineBuilder {
    index: Index,
    spool: Spool,
}

/// The records of a baseline.
#[derive(Debug)]
pub struct BaselineRecords {
    index: Index,
    spool: Mutex<Spool>,
}

/// The file that holds the records.
#[derive(Debug)]
struct Spool {
    file: BufReader<File>,
    /// Where the reader stands.
    at: u64,
    /// What was not written yet.
    pending: Vec<u8>,
    length: u64,
}

/// Bytes that are written at once.
const PENDING: usize = 256 * 1024;

impl Spool {
    fn append(&mut self, record: &BaselineRecord) -> io::Result<u64> {
        let at = self.length + self.pending.len() as u64;
        serde_json::to_writer(&mut self.pending, record)?;
        self.pending.push(b'\n');
        if self.pending.len() >= PENDING {
            self.flush()?;
        }
        Ok(at)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.get_mut().write_all(&self.pending)?;
        self.length += self.pending.len() as u64;
        self.at = self.length;
        self.pending.clear();
        Ok(())
    }

    /// Reading mostly goes forward: a jump within what is buffered costs no system call.
    fn read(&mut self, place: u64) -> io::Result<BaselineRecord> {
        self.flush()?;
        self.file.seek_relative(place.cast_signed() - self.at.cast_signed())?;
        self.at = place;
        let mut line = Vec::new();
        self.at += self.file.read_until(b'\n', &mut line)? as u64;
        Ok(serde_json::from_slice(&line)?)
    }

    fn find(&mut self, index: &Index, key: &Key) -> io::Result<Option<(usize, BaselineRecord)>> {
        for (number, place) in index.candidates(key) {
            let record = self.read(place)?;
            if record.key == *key {
                return Ok(Some((number, record)));
            }
        }
        Ok(None)
    }
}

impl BaselineBuilder {
    /// A baseline without a record yet.
    ///
    /// # Errors
    /// No temporary file can be made.
    pub fn new() -> io::Result<Self> {
        let file = BufReader::new(tempfile::tempfile()?);
        let spool = Spool { file, at: 0, pending: Vec::new(), length: 0 };
        Ok(Self { index: Index::default(), spool })
    }

    /// Adds what a row says of a record; of a field that several rows fill in, the last one counts.
    ///
    /// # Errors
    /// The temporary file cannot be written or read.
    pub fn add(&mut self, record: BaselineRecord) -> io::Result<()> {
        if let Some((number, earlier)) = self.spool.find(&self.index, &record.key)? {
            self.index.places[number] = self.spool.append(&earlier.overlaid(record))?;
            return Ok(());
        }
        let place = self.spool.append(&record)?;
        self.index.insert(&record.key, place)
    }

    /// Nothing is known of a record any more.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn forget(&mut self, key: &Key) -> io::Result<()> {
        if let Some((number, _)) = self.spool.find(&self.index, key)? {
            self.index.remove(key, number);
        }
        Ok(())
    }

    /// The baseline, with all its records.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn finish(mut self) -> io::Result<BaselineRecords> {
        self.spool.flush()?;
        Ok(BaselineRecords { index: self.index, spool: Mutex::new(self.spool) })
    }
}

impl BaselineRecords {
    /// What is known of the record with this key.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn find(&self, key: &Key) -> io::Result<Option<BaselineRecord>> {
        let mut spool = self.spool.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(spool.find(&self.index, key)?.map(|(_, record)| record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, values: &[(usize, &str)]) -> BaselineRecord {
        let values = values.iter().map(|(at, text)| (*at, (*text).to_owned())).collect();
        BaselineRecord::new(Key::fold([name, "C"]), values)
    }

    #[test]
    fn each_record_is_found_again_and_of_several_rows_the_last_filled_cell_counts() {
        let mut builder = BaselineBuilder::new().expect("a file");
        for number in 0..20_000 {
            builder
                .add(record(&format!("K{number}"), &[(2, "one\ntwo"), (3, "x")]))
                .expect("added");
        }
        builder.add(record("k7 ", &[(3, ""), (4, "y")])).expect("added");
        builder.forget(&Key::fold(["K8", "C"])).expect("forgotten");
        builder.forget(&Key::fold(["none", "C"])).expect("nothing to forget");
        let records = builder.finish().expect("written");
        let find = |name: &str| records.find(&Key::fold([name, "c"])).expect("read");
        let seventh = find("K7").expect("a record");
        let values: Vec<_> = [2, 3, 4, 5].iter().map(|at| seventh.value(*at)).collect();
        assert_eq!(values, [Some("one\ntwo"), Some(""), Some("y"), None]);
        assert_eq!((find("K8"), find("K20000")), (None, None));
        for number in (0..20_000).rev().step_by(97).filter(|number| ![7, 8].contains(number)) {
            let found = find(&format!("k{number}")).expect("a record");
            assert_eq!(found.value(3), Some("x"));
        }
    }

    #[test]
    fn keys_of_one_hash_are_told_apart_by_what_was_written() {
        let mut builder = BaselineBuilder::new().expect("a file");
        builder.add(record("A", &[(2, "a")])).expect("added");
        let place = builder.spool.append(&record("B", &[(2, "b")])).expect("written");
        // As if both had the hash of A: it is met first, and is not B.
        builder.index.insert(&Key::fold(["A", "C"]), place).expect("inserted");
        let records = builder.finish().expect("written");
        let found = records.find(&Key::fold(["A", "C"])).expect("read").expect("a record");
        assert_eq!(found.value(2), Some("a"));
        let candidates: Vec<_> = records.index.candidates(&Key::fold(["A", "C"])).collect();
        assert_eq!(candidates.len(), 2);
    }
}
