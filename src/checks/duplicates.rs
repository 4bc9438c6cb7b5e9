//! Rows of one file that are for the same record.
//!
//! Keys are kept as seeded 64-bit hashes, some twenty bytes a row: two keys of a million have
//! the same hash once in forty million files.

use std::hash::RandomState;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::Rules;
use crate::model::key::Key;
use crate::model::row::RowBatch;

/// Hashes the keys of rows, in a way that nobody can foresee.
#[derive(Debug, Default)]
pub struct KeyHasher(RandomState);

impl KeyHasher {
    /// The hash of the key of each row; nothing where a part of it is blank.
    #[must_use]
    pub fn hashes(&self, rules: &Rules<'_>, batch: &RowBatch) -> Vec<Option<u64>> {
        let mut scratch = String::new();
        let mut hash = |row| Key::hash_of(rules.key_values(row), &self.0, &mut scratch);
        batch.rows().map(&mut hash).collect()
    }
}

/// The keys of the rows that were met so far.
#[derive(Debug, Default)]
pub struct SeenKeys {
    /// Of the first row with each key, its place in the lists below.
    table: HashTable<u32>,
    /// The hash and the number of each such row.
    hashes: Vec<u64>,
    numbers: Vec<u32>,
}

impl SeenKeys {
    /// Makes room for so many rows, which is faster than to grow little by little.
    pub fn expect(&mut self, rows: usize) {
        let Self { table, hashes, numbers } = self;
        table.reserve(rows, |at| hashes[*at as usize]);
        hashes.reserve(rows);
        numbers.reserve(rows);
    }

    /// Meets the next rows, each by the hash of its key and its number as Excel counts. Of each, the number of the
    /// first row with the same key, if there was one.
    pub fn meet_all(&mut self, rows: &[(Option<u64>, u64)]) -> Vec<Option<u32>> {
        // The table is far larger than the caches. A look at all places before the first is written waits
        // for many of them at once; one after another each would be waited for.
        for hash in rows.iter().filter_map(|(hash, _)| *hash) {
            std::hint::black_box(self.table.find(hash, |_| false));
        }
        rows.iter().map(|(hash, number)| hash.and_then(|hash| self.meet(hash, *number))).collect()
    }

    fn meet(&mut self, hash: u64, number: u64) -> Option<u32> {
        let Self { table, hashes, numbers } = self;
        let hash_at = |at: &u32| hashes[*at as usize];
        match table.entry(hash, |at| hash_at(at) == hash, hash_at) {
            Entry::Occupied(first) => Some(numbers[*first.get() as usize]),
            Entry::Vacant(place) => {
                place.insert(u32::try_from(numbers.len()).ok()?);
                hashes.push(hash);
                numbers.push(u32::try_from(number).unwrap_or(u32::MAX));
                None
            }
        }
    }
}

/// The rows whose key an earlier row has, found by the first read.
#[derive(Clone, Debug, Default)]
pub struct Duplicates(Vec<(u32, u32)>);

impl Duplicates {
    /// The row with this index repeats the key of the row with that number. Rows come in their
    /// order.
    pub fn push(&mut self, index: u64, earlier: u32) {
        self.0.extend(u32::try_from(index).ok().map(|index| (index, earlier)));
    }

    /// The numbers of the rows whose key a later row repeats; one that several repeat comes several times.
    pub fn firsts(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|(_, first)| *first)
    }

    /// Whether no row repeats a key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same as [`Self::earlier`], for one row after another: `passed` counts the rows that were found so far.
    pub(super) fn earlier_of_next(&self, passed: &mut usize, index: u64) -> Option<u32> {
        while let Some((at, first)) = self.0.get(*passed).filter(|(at, _)| u64::from(*at) <= index)
        {
            *passed += 1;
            if u64::from(*at) == index {
                return Some(*first);
            }
        }
        None
    }

    /// The number of the first row with the same key, if the row with this index repeats it.
    #[must_use]
    pub fn earlier(&self, index: u64) -> Option<u32> {
        let index = u32::try_from(index).ok()?;
        let found = self.0.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        Some(self.0[found].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_later_row_of_a_key_knows_the_first() {
        let mut seen = SeenKeys::default();
        let random = RandomState::new();
        let hashes = ["A", "b", "a ", "C", " B", "A"]
            .map(|key| Key::hash_of([key, "X"], &random, &mut String::new()));
        let met: Vec<_> =
            (2..).zip(hashes).flat_map(|(number, hash)| seen.meet_all(&[(hash, number)])).collect();
        assert_eq!(met, [None, None, Some(2), None, Some(3), Some(2)]);
    }

    #[test]
    fn many_keys_are_told_apart() {
        let (mut seen, random) = (SeenKeys::default(), RandomState::new());
        for round in 0..2 {
            for number in 0..10_000_u64 {
                let hash = std::hash::BuildHasher::hash_one(&random, number);
                let expected = (round == 1).then_some(u32::try_from(number).expect("small"));
                assert_eq!(seen.meet(hash, number), expected);
            }
        }
    }

    #[test]
    fn a_later_read_finds_them_by_their_index() {
        let mut duplicates = Duplicates::default();
        duplicates.push(3, 2);
        duplicates.push(7, 4);
        assert_eq!([3, 4, 7].map(|index| duplicates.earlier(index)), [Some(2), None, Some(4)]);
    }
}
