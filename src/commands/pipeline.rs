//! Rows of a table, read on one thread and judged on all cores, in the order of the file.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::baseline::{Baseline, ChangedSoFar};
use crate::checks::{Duplicates, KeyHasher, Rules, SeenKeys, Verdict};
use crate::model::row::{Place, RowBatch};
use crate::model::rules::SiteRules;
use crate::sheet::{Digest, Fingerprint, SheetFault, Table};

/// Batches that may be read, or judged, before they are taken.
const AHEAD: usize = 6;

/// What a first read finds out for later ones.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    /// The rows; nothing where no later read is to be of the same ones.
    pub(super) fingerprint: Fingerprint,
    /// Those that repeat a key.
    pub(super) duplicates: Duplicates,
}

/// The rows whose key comes again, before or after them.
#[derive(Debug)]
pub(super) struct Repeated {
    first_read: Arc<Remembered>,
    /// Numbers of the rows that are the first of their key.
    firsts: HashSet<u32>,
}

impl Repeated {
    /// As the first read found them.
    pub(super) fn of(first_read: &Arc<Remembered>) -> Self {
        let firsts = first_read.duplicates.firsts().collect();
        Self { first_read: Arc::clone(first_read), firsts }
    }

    /// Whether the row that stands here is one of them.
    pub(super) fn has(&self, place: Place) -> bool {
        let is_first =
            u32::try_from(place.number).is_ok_and(|number| self.firsts.contains(&number));
        is_first || self.first_read.duplicates.earlier(place.index).is_some()
    }
}

/// Which of several reads it is.
pub(super) enum Pass<'a> {
    /// No later one must be of the same rows: what they are is not remembered, but which of them repeat a key.
    Only(&'a mut Remembered),
    /// The first, of which the rows are remembered.
    First(&'a mut Remembered),
    /// A later one: the rows must be those of the first.
    Later(&'a Remembered),
}

impl Pass<'_> {
    /// Of each row of a batch, the number of an earlier row with its key, if there is one.
    fn earlier(
        &self,
        seen: &mut SeenKeys,
        batch: &RowBatch,
        keys: &[Option<u64>],
    ) -> Vec<Option<u32>> {
        let places = || batch.rows().map(|row| row.place);
        if let Self::Later(first) = self {
            return places().map(|place| first.duplicates.earlier(place.index)).collect();
        }
        let rows: Vec<_> = keys.iter().copied().zip(places().map(|place| place.number)).collect();
        seen.meet_all(&rows)
    }

    /// Remembers that the row that stands here repeats the key of an earlier one.
    fn note_duplicate(&mut self, place: Place, earlier: u32) {
        if let Self::Only(remembered) | Self::First(remembered) = self {
            remembered.duplicates.push(place.index, earlier);
        }
    }

    /// Whether there were as many batches as there are to be.
    fn ends_after(&self, batches: usize) -> bool {
        match self {
            Self::Later(first) => first.fingerprint.batches() == batches,
            _ => true,
        }
    }

    /// Keeps or compares the hash of the batch at `position`. Whether the rows are what they were.
    fn keeps(&mut self, position: usize, digest: Option<Digest>) -> bool {
        match (self, digest) {
            (Self::First(remembered), Some(digest)) => {
                remembered.fingerprint.push(digest);
                true
            }
            (Self::Later(first), Some(digest)) => first.fingerprint.matches(position, digest),
            _ => true,
        }
    }
}

/// A batch, and what was found out about it.
struct Judged {
    batch: RowBatch,
    verdicts: Vec<Verdict>,
    /// Nothing where there is only one read.
    digest: Option<Digest>,
    /// The hashes of the keys; nothing where a first read has found which rows repeat one.
    hashes: Vec<Option<u64>>,
}

/// Rows, and how they are judged.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    /// Where they are read from.
    pub(super) table: &'a Table,
    /// What the site asks.
    pub(super) site: &'a SiteRules,
    /// What they are compared with, if with anything.
    pub(super) baseline: Option<&'a Baseline>,
}

impl Rows<'_> {
    /// Compares the next batch with the baseline, if there is one.
    fn compare(
        &self,
        rules: &Rules<'_>,
        batch: &RowBatch,
        verdicts: &mut [Verdict],
        changed: &mut ChangedSoFar,
    ) -> Result<(), SheetFault> {
        let Some(baseline) = self.baseline else { return Ok(()) };
        baseline.compare(rules, batch, verdicts, changed).map_err(|fault| {
            let text = format!("cannot be compared with its baseline: {fault}");
            SheetFault { file: self.table.name().to_owned(), text, ..SheetFault::default() }
        })
    }
}

/// Hands on each batch with the judgement of each of its rows, until there are no more or `take` breaks off.
///
/// A thread reads; whole batches are judged side by side on all cores, and taken here in their order.
///
/// # Errors
/// A file that cannot be read, or that is not what it was at the first read; no batch of a
/// changed file is handed on.
pub(super) fn judged(
    rows: Rows<'_>,
    mut pass: Pass<'_>,
    take: &mut dyn FnMut(&RowBatch, &[Verdict]) -> ControlFlow<()>,
) -> Result<(), SheetFault> {
    let Rows { table, site, .. } = rows;
    let rules = Rules::new(table.layout(), site);
    let compares = !matches!(pass, Pass::Only(_));
    let finds_duplicates = !matches!(pass, Pass::Later(_));
    let keys = KeyHasher::default();
    let judge = |batch: RowBatch| Judged {
        verdicts: rules.judge_batch(&batch),
        digest: compares.then(|| Digest::of(&batch)),
        hashes: if finds_duplicates { keys.hashes(&rules, &batch) } else { Vec::new() },
        batch,
    };
    let judge = &judge;
    rayon::in_place_scope(|cores| {
        thread::scope(|scope| {
            let (queue, judged) = sync_channel::<Receiver<Judged>>(AHEAD);
            let reader = scope.spawn(move || {
                table.read(&mut |batch| {
                    let (done, result) = sync_channel(1);
                    // Nobody waits for it if the rows after a stop are not wanted any more.
                    cores.spawn(move |_| drop(done.send(judge(batch))));
                    flow(queue.send(result).is_ok())
                })
            });
            let mut seen = SeenKeys::default();
            let (mut position, mut changed) = (0, ChangedSoFar::default());
            for Judged { batch, mut verdicts, digest, hashes } in
                judged.into_iter().map_while(|result| result.recv().ok())
            {
                if position == 0 && finds_duplicates {
                    seen.expect(table.rows_like(&batch));
                }
                if !pass.keeps(position, digest) {
                    return Err(table.changed());
                }
                let earlier = pass.earlier(&mut seen, &batch, &hashes);
                for (row, (verdict, earlier)) in verdicts.iter_mut().zip(earlier).enumerate() {
                    if let Some(earlier) = earlier {
                        pass.note_duplicate(batch.row(row).place, earlier);
                        rules.tell_duplicate(verdict, earlier);
                    }
                }
                rows.compare(&rules, &batch, &mut verdicts, &mut changed)?;
                position += 1;
                if take(&batch, &verdicts).is_break() {
                    return Ok(());
                }
            }
            reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            if pass.ends_after(position) { Ok(()) } else { Err(table.changed()) }
        })
    })
}

fn flow(goes_on: bool) -> ControlFlow<()> {
    if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
