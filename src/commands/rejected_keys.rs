//! Which records rejected rows name, and what later rows did to them.

use std::collections::HashMap;
use std::hash::RandomState;

use crate::model::key::Key;
use crate::model::outcome::Status;
use crate::model::row::Place;

/// The records that rejected rows name, and which later rows have updated them since, or found updated.
///
/// Feeding such a row back would put an older value over a newer one, so that the rejects file
/// must tell. Keys are kept as hashes, and only those of rejected rows.
#[derive(Debug, Default)]
pub(super) struct RejectedKeys {
    keys: HashMap<u64, Rejected>,
    seed: RandomState,
}

/// Kept small, since a file may hold nothing but rejected rows. A count beyond four billion
/// rows stays at its end.
#[derive(Clone, Copy, Debug)]
struct Rejected {
    first_row: u32,
    /// Index of the last row that updated the record, and its number; 0 is none.
    last_updated: (u32, u32),
}

impl RejectedKeys {
    /// The row that stands here has ended so.
    pub(super) fn ended(&mut self, key: &Key, place: Place, status: Status) {
        match status {
            Status::Updated | Status::Unchanged => self.updated(key, place),
            Status::Failed => self.rejected(key, place.index),
            _ => {}
        }
    }

    /// The row with this index was rejected.
    pub(super) fn rejected(&mut self, key: &Key, index: u64) {
        if key.is_empty() {
            return;
        }
        let new = Rejected { first_row: small(index), last_updated: (0, 0) };
        let rejected = self.keys.entry(key.hash_with(&self.seed)).or_insert(new);
        rejected.first_row = rejected.first_row.min(new.first_row);
    }

    /// The row that stands here updated its record.
    fn updated(&mut self, key: &Key, place: Place) {
        if self.keys.is_empty() {
            return;
        }
        if let Some(rejected) = self.keys.get_mut(&key.hash_with(&self.seed)) {
            rejected.last_updated =
                rejected.last_updated.max((small(place.index), small(place.number)));
        }
    }

    /// The number of the last row after this one that updated the same record.
    pub(super) fn updated_after(&self, key: &Key, index: u64) -> Option<u32> {
        let (last, number) = self.get(key)?.last_updated;
        (last > small(index)).then_some(number)
    }

    /// Whether a row before this one of the same record was rejected.
    pub(super) fn rejected_before(&self, key: &Key, index: u64) -> bool {
        self.get(key).is_some_and(|rejected| rejected.first_row < small(index))
    }

    fn get(&self, key: &Key) -> Option<&Rejected> {
        if self.keys.is_empty() { None } else { self.keys.get(&key.hash_with(&self.seed)) }
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_row_knows_whether_a_later_one_updated_its_record() {
        let mut keys = RejectedKeys::default();
        let (a, b) = (Key::fold(["A"]), Key::fold(["B"]));
        keys.rejected(&a, 4);
        for (key, index) in [(&a, 2), (&a, 9), (&b, 9)] {
            keys.updated(key, Place { index, number: index + 2 });
        }
        assert_eq!(keys.updated_after(&a, 4), Some(11));
        assert_eq!(keys.updated_after(&a, 9), None);
        assert_eq!(keys.updated_after(&b, 4), None);
        assert!(keys.rejected_before(&a, 9));
        assert!(!keys.rejected_before(&a, 2));
    }
}
