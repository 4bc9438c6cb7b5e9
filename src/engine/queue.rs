//! Rows that are not yet ended, parked by key.
//!
//! A key belongs to one row at a time: from the moment the row is ready until it has ended,
//! its retries included. Later rows of the key wait behind it and take no slot. In a run that looks before it
//! sends, the record of a row is asked for and judged before the row is ready.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::Job;
use super::asking::Unasked;
use super::entry::Entry;
use super::judge::Known;
use crate::model::key::Key;
use crate::model::limits::Rate;

/// Rows that are looked ahead for each slot.
const ROWS_PER_SLOT: usize = 64;
/// Fewest rows that are looked ahead.
const FEWEST_ROWS: usize = 1_024;
/// Fewest for each slot where a rate limits how soon they can be sent.
const FEWEST_PER_SLOT: usize = 8;
/// Time within which the rows that are looked ahead can be sent at such a rate: of each that was taken in and not
/// sent, a run that is killed leaves a doubt.
const AHEAD: Duration = Duration::from_secs(10);
/// Bytes of patches after which no more rows are taken in.
const MOST_BYTES: usize = 16 << 20;

/// All rows that were taken in and have not ended, but for those in flight.
#[derive(Debug)]
pub(super) struct Queue {
    /// Whether records are looked at before rows are sent.
    looks: bool,
    unasked: Unasked,
    /// Rows that are to be judged by what their records hold.
    known: VecDeque<(Entry, Known)>,
    ready: VecDeque<Entry>,
    /// Rows that are to be sent again, by the time before which they must not be, and then in file order.
    waiting: BTreeMap<(Instant, u64), Entry>,
    /// For each key that belongs to a row, the rows behind it.
    parked: HashMap<Key, VecDeque<Job>>,
    /// Keys of which no row may be sent any more.
    blocked: HashSet<Key>,
    /// Rows that wait behind others of their key.
    behind: usize,
    most_rows: usize,
    /// The most rows where records are not looked at first.
    most_unseen: usize,
    rows: usize,
    bytes: usize,
}

impl Queue {
    /// An empty queue for so many requests at once, at this rate.
    pub(super) fn new(slots: usize, rate: Rate) -> Self {
        let most_rows = (slots * ROWS_PER_SLOT).max(FEWEST_ROWS);
        let in_time = rate.requests_in(AHEAD).unwrap_or(most_rows);
        let most_unseen = in_time.max(slots * FEWEST_PER_SLOT).min(most_rows);
        Self {
            looks: false,
            unasked: Unasked::default(),
            known: VecDeque::new(),
            ready: VecDeque::with_capacity(most_rows),
            waiting: BTreeMap::new(),
            parked: HashMap::with_capacity(most_rows),
            blocked: HashSet::new(),
            behind: 0,
            most_rows,
            most_unseen,
            rows: 0,
            bytes: 0,
        }
    }

    /// From now on, records are looked at before rows are sent, or not.
    pub(super) fn look(&mut self, looks: bool) {
        self.looks = looks;
    }

    /// Whether more rows may be taken in.
    pub(super) fn has_room(&self) -> bool {
        let most = if self.looks { self.most_rows } else { self.most_unseen };
        self.rows < most && self.bytes < MOST_BYTES
    }

    /// Whether every row that was taken in has ended.
    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Takes in a row; gives it back if no row of its key may be sent any more.
    pub(super) fn admit(&mut self, job: Job) -> Option<Job> {
        if self.blocked.contains(&job.key) {
            return Some(job);
        }
        self.rows += 1;
        self.bytes += job.patch.size();
        if let Some(behind) = self.parked.get_mut(&job.key) {
            behind.push_back(job);
            self.behind += 1;
        } else {
            self.parked.insert(job.key.clone(), VecDeque::new());
            let ready = self.look_at(Entry::new(job));
            self.ready.extend(ready);
        }
        None
    }

    /// Whether the record of a row could be asked for now.
    pub(super) fn has_unasked(&self) -> bool {
        !self.unasked.is_empty()
    }

    /// The rows that the next question is for.
    pub(super) fn pop_unasked(&mut self) -> Vec<Entry> {
        self.unasked.pop()
    }

    /// Takes in what is known of the record of a row, which is to be judged by it.
    pub(super) fn know(&mut self, entry: Entry, known: Known) {
        self.known.push_back((entry, known));
    }

    /// The row to judge next.
    pub(super) fn pop_known(&mut self) -> Option<(Entry, Known)> {
        self.known.pop_front()
    }

    /// Makes a row ready that is to be sent as it was judged.
    pub(super) fn judged(&mut self, entry: Entry) {
        self.ready.push_back(entry);
    }

    /// The patch of a row now has another size.
    pub(super) fn resized(&mut self, before: usize, now: usize) {
        self.bytes = self.bytes + now - before;
    }

    /// Whether a row could be sent now.
    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Whether rows wait behind others of their key.
    pub(super) fn has_parked(&self) -> bool {
        self.behind > 0
    }

    /// The row to send next: rows that were sent before and rows that others wait behind come first.
    pub(super) fn pop_ready(&mut self) -> Option<Entry> {
        self.ready.pop_front()
    }

    /// Keeps a row, with its key, until it is due to be sent again.
    pub(super) fn wait(&mut self, entry: Entry, due: Instant) {
        self.waiting.insert((due, entry.job.place.index), entry);
    }

    /// Makes the rows ready whose time has come.
    pub(super) fn release_due(&mut self, now: Instant) {
        while self.next_due().is_some_and(|due| due <= now) {
            if let Some((_, entry)) = self.waiting.pop_first() {
                self.begin_first(entry);
            }
        }
    }

    /// When the next row is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.waiting.first_key_value().map(|((due, _), _)| *due)
    }

    /// Forgets a row that has ended, and gives its key to the next row, with what is known of the record.
    pub(super) fn finish(&mut self, job: &Job, known: Option<Known>) {
        self.forget(job);
        let Some(behind) = self.parked.get_mut(&job.key) else {
            return;
        };
        let next = behind.pop_front();
        self.behind -= usize::from(next.is_some());
        match (next, known) {
            (None, _) => drop(self.parked.remove(&job.key)),
            (Some(next), Some(known)) if self.looks && next.before.is_none() => {
                self.know(Entry::new(next), known);
            }
            // At the front: a chain of rows of one key is what takes longest.
            (Some(next), _) => self.begin_first(Entry::new(next)),
        }
    }

    /// Forgets a row that has ended so that no later row of its key may be sent; gives those back.
    pub(super) fn finish_and_block(&mut self, job: &Job) -> VecDeque<Job> {
        self.forget(job);
        let behind = self.parked.remove(&job.key).unwrap_or_default();
        self.blocked.insert(job.key.clone());
        self.behind -= behind.len();
        for job in &behind {
            self.forget(job);
        }
        behind
    }

    /// Takes out every row that waits for anything, in the order of the file.
    pub(super) fn drain(&mut self) -> Vec<Entry> {
        let mut all: Vec<Entry> = self.ready.drain(..).collect();
        all.extend(self.unasked.drain());
        all.extend(self.known.drain(..).map(|(entry, _)| entry));
        all.extend(std::mem::take(&mut self.waiting).into_values());
        all.extend(self.parked.values_mut().flat_map(|behind| behind.drain(..)).map(Entry::new));
        self.behind = 0;
        all.sort_by_key(|entry| entry.job.place.index);
        for entry in &all {
            self.rows -= 1;
            self.bytes -= entry.job.patch.size();
        }
        all
    }

    fn begin_first(&mut self, entry: Entry) {
        if let Some(ready) = self.look_at(entry) {
            self.ready.push_front(ready);
        }
    }

    /// Keeps a row until its record is known; gives it back if it is ready to be sent.
    fn look_at(&mut self, entry: Entry) -> Option<Entry> {
        if !self.looks || entry.job.before.is_some() {
            return Some(entry);
        }
        if let Some(entry) = self.unasked.push(entry) {
            self.know(entry, Known::NotAskable);
        }
        None
    }

    fn forget(&mut self, job: &Job) {
        self.rows -= 1;
        self.bytes -= job.patch.size();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::patch::Patch;
    use crate::model::row::Place;

    fn job(index: u64, key: &str) -> Job {
        Job {
            expects: None,
            asks: None,
            before: None,
            doubt: None,
            place: Place { index, number: index + 2 },
            key: Key::fold([key]),
            patch: Patch::default(),
        }
    }

    fn queue(keys: &[&str]) -> Queue {
        let mut queue = Queue::new(1, Rate::Unlimited);
        for (index, key) in (0..).zip(keys) {
            assert!(queue.admit(job(index, key)).is_none());
        }
        queue
    }

    fn indexes(queue: &mut Queue) -> Vec<u64> {
        std::iter::from_fn(|| queue.pop_ready()).map(|entry| entry.job.place.index).collect()
    }

    #[test]
    fn a_row_whose_key_is_taken_waits_and_others_pass_it() {
        let mut queue = queue(&["A", "a ", "B"]);
        assert_eq!(indexes(&mut queue), [0, 2]);
        queue.finish(&job(0, "A"), None);
        assert_eq!(indexes(&mut queue), [1]);
        queue.finish(&job(1, "A"), None);
        queue.finish(&job(2, "B"), None);
        assert!(queue.is_empty());
        assert!(queue.parked.is_empty());
    }

    #[test]
    fn a_row_that_waits_keeps_its_key() {
        let now = Instant::now();
        let mut queue = queue(&["A", "A"]);
        let first = queue.pop_ready().expect("a row");
        queue.wait(first, now);
        assert!(!queue.has_ready());
        queue.release_due(now);
        assert_eq!(indexes(&mut queue), [0]);
    }

    #[test]
    fn a_blocked_key_gives_back_its_rows_now_and_later() {
        let mut queue = queue(&["A", "A", "B", "A"]);
        let behind = queue.finish_and_block(&job(0, "A"));
        assert_eq!(behind.iter().map(|job| job.place.index).collect::<Vec<_>>(), [1, 3]);
        assert!(queue.admit(job(4, "A")).is_some());
        queue.finish(&job(2, "B"), None);
        assert!(queue.is_empty());
    }

    #[test]
    fn everything_that_waits_can_be_taken_out_in_file_order() {
        let mut queue = queue(&["A", "B", "A", "C"]);
        let first = queue.pop_ready().expect("a row");
        queue.wait(first, Instant::now());
        let all: Vec<_> = queue.drain().iter().map(|entry| entry.job.place.index).collect();
        assert_eq!(all, [0, 1, 2, 3]);
        assert!(queue.is_empty());
    }

    #[test]
    fn rows_are_taken_in_up_to_a_bound() {
        let taken = |mut queue: Queue| {
            let mut index = 0;
            while queue.has_room() {
                queue.admit(job(index, &index.to_string()));
                index += 1;
            }
            index
        };
        assert_eq!(taken(Queue::new(32, Rate::Unlimited)), 2_048);
        assert_eq!(taken(Queue::new(8, Rate::PerSecond(10.0))), 100);
        assert_eq!(taken(Queue::new(32, Rate::PerSecond(10.0))), 256);
        assert_eq!(taken(Queue::new(8, Rate::PerSecond(1_000.0))), 1_024);
        // One question is for as many rows as can be.
        let mut looking = Queue { rows: 1_023, ..Queue::new(8, Rate::PerSecond(10.0)) };
        assert!(!looking.has_room());
        looking.look(true);
        assert!(looking.has_room());
    }
}
