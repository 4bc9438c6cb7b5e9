//! Rows of a table, read on one thread and judged on all cores, in the order of the file.

use std::ops::ControlFlow;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::checks::{Rules, Verdict};
use crate::model::row::RowBatch;
use crate::model::rules::SiteRules;
use crate::sheet::{Digest, Fingerprint, SheetFault, Table};

/// Batches that may be read before they are judged.
const READ_AHEAD: usize = 2;

/// What is done about the sameness of several reads.
pub(super) enum Sameness<'a> {
    /// There is only this one read.
    OnlyRead,
    /// This is the first: remember the rows.
    Remember(&'a mut Fingerprint),
    /// This is a later one: the rows must be those of the first.
    Compare(&'a Fingerprint),
}

/// Hands on each batch with the judgement of each of its rows, until there are no more or `take` breaks off.
///
/// # Errors
/// A file that cannot be read, or that is not what it was at the first read; no batch of a
/// changed file is handed on.
pub(super) fn judged(
    table: &Table,
    site: &SiteRules,
    mut sameness: Sameness<'_>,
    take: &mut dyn FnMut(&RowBatch, &[Verdict]) -> ControlFlow<()>,
) -> Result<(), SheetFault> {
    let rules = Rules::new(table.layout(), site);
    thread::scope(|scope| {
        let (send, receive) = sync_channel::<RowBatch>(READ_AHEAD);
        let reader = scope.spawn(move || {
            table.read(&mut |batch| match send.send(batch) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        let is_compared = !matches!(sameness, Sameness::OnlyRead);
        let mut position = 0;
        while let Ok(batch) = receive.recv() {
            let (verdicts, digest) = rayon::join(
                || rules.judge_batch(&batch),
                || is_compared.then(|| Digest::of(&batch)),
            );
            match (&mut sameness, digest) {
                (Sameness::Remember(fingerprint), Some(digest)) => fingerprint.push(digest),
                (Sameness::Compare(fingerprint), Some(digest))
                    if !fingerprint.matches(position, digest) =>
                {
                    return Err(table.changed());
                }
                _ => {}
            }
            position += 1;
            if take(&batch, &verdicts).is_break() {
                return Ok(());
            }
        }
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        match sameness {
            Sameness::Compare(fingerprint) if fingerprint.batches() != position => {
                Err(table.changed())
            }
            _ => Ok(()),
        }
    })
}
