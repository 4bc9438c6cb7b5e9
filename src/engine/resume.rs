//! What is left to do of a run that was interrupted: a pure function of what its journal tells.
//!
//! A run is done in one or more legs: it begins, is cut off, and is resumed. A leg that comes to an
//! orderly end says so; of one that was cut off, the rows that it had released or begun may have been sent.

use std::collections::BTreeMap;

/// What a line of a journal tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// The rows below this index may be sent from now on.
    Released(u64),
    /// The row with this index may be sent from now on; `at` is where its line begins.
    Begun { row: u64, at: u64 },
    /// The row with this index has ended; `at` is where its line begins.
    Ended { row: u64, at: u64, is_final: bool },
    /// The run is resumed; `at` is where the line begins.
    Resumed { at: u64 },
    /// The leg came to an orderly end: what has no ending was not sent.
    Closed,
}

/// How a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was not sent.
    Untouched,
    /// It may have been sent, and how it ended is not known.
    InDoubt,
    /// It has ended so that it is left to do.
    Open {
        /// Where the line begins that tells of it.
        at: u64,
    },
    /// It has ended for good.
    Final {
        /// Where the line begins that tells of it.
        at: u64,
    },
}

impl Standing {
    /// Whether the row is to be sent, perhaps again.
    #[must_use]
    pub fn is_left_to_do(self) -> bool {
        !matches!(self, Self::Final { .. })
    }
}

/// What the lines of a journal tell so far. Nine bytes a row.
#[derive(Clone, Debug)]
pub(super) struct Past {
    /// Of each row, where the line of its last ending begins; 0 is none.
    endings: Vec<u64>,
    /// Whether that ending is for good.
    finals: Vec<bool>,
    /// Of the rows that were begun one by one and have no ending since, where the line begins.
    begun: BTreeMap<u64, u64>,
    /// The legs so far.
    legs: Vec<Leg>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Leg {
    begins_at: u64,
    /// Rows below this index may have been sent in this leg without an ending.
    released: u64,
}

impl Default for Past {
    fn default() -> Self {
        let legs = vec![Leg::default()];
        Self { endings: Vec::new(), finals: Vec::new(), begun: BTreeMap::new(), legs }
    }
}

impl Past {
    /// Makes room for so many rows: what grows little by little leaves holes in memory.
    pub(super) fn expect(&mut self, rows: usize) {
        self.endings.reserve_exact(rows);
        self.finals.reserve_exact(rows);
    }

    /// Takes in what the next line tells.
    pub(super) fn add(&mut self, entry: Entry) {
        let leg = self.legs.last_mut();
        match (entry, leg) {
            (Entry::Released(rows), Some(leg)) => leg.released = leg.released.max(rows),
            // What an earlier leg left in doubt stays so, also if this one comes to an orderly end.
            (Entry::Begun { row, at }, _) => drop(self.begun.entry(row).or_insert(at)),
            (Entry::Closed, Some(leg)) => {
                leg.released = 0;
                let begins_at = leg.begins_at;
                self.begun.retain(|_, at| *at < begins_at);
            }
            (Entry::Resumed { at }, _) => self.legs.push(Leg { begins_at: at, released: 0 }),
            (Entry::Ended { row, at, is_final }, _) => self.ended(row, at, is_final),
            (Entry::Released(_) | Entry::Closed, None) => {}
        }
    }

    fn ended(&mut self, row: u64, at: u64, is_final: bool) {
        let Ok(row) = usize::try_from(row) else { return };
        if self.endings.len() <= row {
            self.endings.resize(row + 1, 0);
            self.finals.resize(row + 1, false);
        }
        self.endings[row] = at;
        self.finals[row] = is_final;
        self.begun.remove(&(row as u64));
    }

    /// How the row with this index stands.
    pub(super) fn standing(&self, row: u64) -> Standing {
        let position = usize::try_from(row).unwrap_or(usize::MAX);
        let at = self.endings.get(position).copied().unwrap_or(0);
        if self.finals.get(position).is_some_and(|is_final| *is_final) {
            return Standing::Final { at };
        }
        // A leg that began after the ending may have sent the row once more.
        let may_be_sent = |leg: &Leg| row < leg.released && (at == 0 || at < leg.begins_at);
        if self.begun.contains_key(&row) || self.legs.iter().any(may_be_sent) {
            Standing::InDoubt
        } else if at == 0 {
            Standing::Untouched
        } else {
            Standing::Open { at }
        }
    }

    /// Where the line begins that tells what the record of a row held that is in doubt, if it was looked at.
    pub(super) fn begun_at(&self, row: u64) -> Option<u64> {
        self.begun.get(&row).copied()
    }

    /// Rows from the first to the last that anything is known of.
    pub(super) fn rows(&self) -> u64 {
        let released = self.legs.iter().map(|leg| leg.released).max().unwrap_or(0);
        let begun = self.begun.keys().next_back().map_or(0, |last| last + 1);
        released.max(begun).max(self.endings.len() as u64)
    }

    /// How many rows below this index have ended for good.
    pub(super) fn final_rows(&self, below: u64) -> u64 {
        let below = usize::try_from(below).unwrap_or(usize::MAX);
        self.finals.iter().take(below).filter(|is_final| **is_final).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What may happen to a run, of rows with few indexes.
    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let ended =
            |is_final| (0..8_u64).prop_map(move |row| Entry::Ended { row, at: 0, is_final });
        let entry = prop_oneof![
            (0..8_u64).prop_map(Entry::Released),
            (0..8_u64).prop_map(|row| Entry::Begun { row, at: 0 }),
            ended(true),
            ended(false),
            Just(Entry::Resumed { at: 0 }),
            Just(Entry::Closed),
        ];
        proptest::collection::vec(entry, 0..40).prop_map(|entries| {
            (1..).zip(entries).map(|(place, entry)| placed(entry, place)).collect()
        })
    }

    fn placed(entry: Entry, at: u64) -> Entry {
        match entry {
            Entry::Ended { row, is_final, .. } => Entry::Ended { row, at, is_final },
            Entry::Resumed { .. } => Entry::Resumed { at },
            Entry::Begun { row, .. } => Entry::Begun { row, at },
            other => other,
        }
    }

    fn past(entries: &[Entry]) -> Past {
        let mut past = Past::default();
        for entry in entries {
            past.add(*entry);
        }
        past
    }

    /// How a row stands, told the slow way: from the story alone, leg by leg.
    fn told(entries: &[Entry], row: u64) -> Standing {
        let legs = entries.split(|entry| matches!(entry, Entry::Resumed { .. }));
        let mut standing = Standing::Untouched;
        for leg in legs {
            let ending = leg.iter().rev().find_map(|entry| match entry {
                Entry::Ended { row: ended, at, is_final } if *ended == row => {
                    Some((*at, *is_final))
                }
                _ => None,
            });
            let after_close =
                leg.rsplit(|entry| *entry == Entry::Closed).next().unwrap_or_default();
            let is_released = after_close.iter().any(|entry| match entry {
                Entry::Released(to) => row < *to,
                Entry::Begun { row: begun, .. } => *begun == row,
                _ => false,
            });
            match ending {
                Some((at, true)) => standing = Standing::Final { at },
                Some((at, false)) => standing = Standing::Open { at },
                None if is_released && standing.is_left_to_do() => standing = Standing::InDoubt,
                None => {}
            }
        }
        standing
    }

    proptest! {
        #[test]
        fn a_row_stands_as_the_story_of_the_run_tells(entries in entries()) {
            // No row is sent, and so none ends, after it has ended for good; nor is one begun again in a leg in
            // which it has ended.
            let mut done = std::collections::HashSet::new();
            let mut of_leg = std::collections::HashSet::new();
            let entries: Vec<_> = entries
                .into_iter()
                .filter(|entry| match entry {
                    Entry::Ended { row, is_final: true, .. } => {
                        of_leg.insert(*row);
                        done.insert(*row)
                    }
                    Entry::Ended { row, .. } => {
                        of_leg.insert(*row);
                        !done.contains(row)
                    }
                    Entry::Begun { row, .. } => !of_leg.contains(row),
                    Entry::Resumed { .. } => {
                        of_leg.clear();
                        true
                    }
                    _ => true,
                })
                .collect();
            let past = past(&entries);
            for row in 0..8 {
                prop_assert_eq!(past.standing(row), told(&entries, row), "row {}", row);
            }
        }

        #[test]
        fn however_much_of_a_journal_is_lost_no_row_without_a_final_ending_is_left_out(
            entries in entries(), kept in 0..40_usize,
        ) {
            let kept = &entries[..kept.min(entries.len())];
            let past = past(kept);
            for row in 0..8 {
                let last = kept.iter().rev().find_map(|entry| match entry {
                    Entry::Ended { row: ended, is_final, .. } if *ended == row => Some(*is_final),
                    _ => None,
                });
                prop_assert_eq!(past.standing(row).is_left_to_do(), last != Some(true));
            }
        }
    }

    #[test]
    fn what_a_leg_left_in_doubt_stays_so_until_the_row_has_ended() {
        let mut entries = vec![
            Entry::Released(4),
            Entry::Ended { row: 0, at: 10, is_final: true },
            Entry::Ended { row: 1, at: 20, is_final: false },
            Entry::Resumed { at: 30 },
            Entry::Released(2),
            Entry::Closed,
        ];
        let standing = |entries: &[Entry]| [0, 1, 2, 4].map(|row| past(entries).standing(row));
        let open = Standing::Open { at: 20 };
        let last = Standing::Untouched;
        let first = Standing::Final { at: 10 };
        assert_eq!(standing(&entries), [first, open, Standing::InDoubt, last]);
        entries.pop();
        assert_eq!(standing(&entries), [first, Standing::InDoubt, Standing::InDoubt, last]);
        entries.push(Entry::Ended { row: 2, at: 50, is_final: true });
        assert_eq!(standing(&entries)[2], Standing::Final { at: 50 });
        assert_eq!(past(&entries).final_rows(2), 1);
        assert_eq!(past(&entries).rows(), 4);
    }
}
