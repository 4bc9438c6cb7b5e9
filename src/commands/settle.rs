//! The third read: what became of each row, in row order, from the rows and the record of their endings.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;

use super::pipeline::{Pass, judged};
use super::results::{Finished, ResultsFiles};
use super::stored_whole;
use super::survey::{Input, unsent};
use crate::checks::{Rules, Verdict};
use crate::engine::{Ending, Endings, Recorded, Stop};
use crate::model::change::Held;
use crate::model::code::OwnCode;
use crate::model::counted::counted;
use crate::model::outcome::{Outcome, Status};
use crate::model::row::Row;
use crate::model::rules::SiteRules;
use crate::model::tally::Tally;
use crate::model::times::Times;
use crate::report::stored_otherwise;

/// What became of a file.
#[derive(Debug)]
pub(super) struct Settled {
    /// Counts of the rows that have a line.
    pub(super) tally: Tally,
    /// Rows of the first read, also those that have none.
    pub(super) rows: u64,
    /// Lines about values that were stored otherwise than they were sent.
    pub(super) stored_otherwise: Vec<String>,
    /// Lines about the files that were written.
    pub(super) files: Vec<String>,
    /// Where the results are; nothing if they went to standard output.
    pub(super) results: Option<PathBuf>,
    /// Rows that are left to do.
    pub(super) left: u64,
    /// Whether all rows could be read again.
    pub(super) is_whole: bool,
    /// Why the run stopped, if it did, or if it must now.
    pub(super) stop: Option<Stop>,
    /// How long the rows took that were sent.
    pub(super) times: Times,
    /// The record of endings, when nothing is left that would need it.
    done_with: Option<Endings>,
}

impl Settled {
    /// Removes the record of endings, last of all, if no row is left to do.
    ///
    /// # Errors
    /// It cannot be removed.
    pub(super) fn close(&mut self) -> anyhow::Result<()> {
        Ok(self.done_with.take().map_or(Ok(()), Endings::remove)?)
    }
}

/// Writes results and rejects. A row of which nothing is known was not sent, for the reason that the run stopped.
///
/// If the file is no longer what it was, the rows that were sent are told from the record alone. The others have no
/// line, and are left to do.
///
/// # Errors
/// The results cannot be written anywhere; the record of endings then stays.
pub(super) fn settle(
    input: &Input,
    site: &SiteRules,
    mut endings: Endings,
    mut files: ResultsFiles,
    mut stop: Option<Stop>,
) -> anyhow::Result<Settled> {
    let (mut tally, mut times) = (Tally::default(), Times::default());
    let rules = Rules::new(input.table.layout(), site);
    let mut told = 0;
    let mut fault = Ok(());
    let read =
        judged(input.rows(site), Pass::Later(&input.survey.first_read), &mut |batch, verdicts| {
            fault =
                batch.rows().zip(verdicts).try_for_each(|(row, verdict)| -> anyhow::Result<()> {
                    let ended = ended(input, &mut endings, row, verdict, stop.as_ref())?;
                    tally.add(row.place.number, &ended.outcome);
                    if ended.outcome.attempts > 0 {
                        times.add(Duration::from_millis(ended.outcome.elapsed_ms));
                    }
                    told = row.place.index + 1;
                    Ok(files.write(&rules, row, verdict, &ended, Some(&input.survey.rejected))?)
                });
            if fault.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
    fault.context("the results cannot be written")?;
    let changed = read.err().map(|changed| changed.to_string());
    let is_whole = changed.is_none();
    if let Some(message) = changed.clone() {
        stop.get_or_insert(Stop { code: OwnCode::FileChanged, message });
        settle_from_record(&mut endings, told, &mut files, &mut tally)?;
    }
    let Finished { lines: mut files, results } = files.finish(&tally)?;
    let rows = input.survey.rows;
    if let Some(why) = changed {
        files.extend(without_line(rows.saturating_sub(tally.total()), &why));
    } else {
        // Results are what matters: what is found out beside them must not keep them from being told.
        let counts = tally.stored_otherwise_mut();
        let _ = stored_whole::find(input, site, &mut endings, stop.as_ref(), counts);
    }
    let stored_otherwise = stored_otherwise(tally.stored_otherwise(), site);
    let open = tally.rows(Status::NotSent) + tally.rows(Status::Unconfirmed);
    let left = (rows + open).saturating_sub(tally.total());
    // What only keeps rows back has done nothing to a run whose rows have all ended.
    let stop = stop.filter(|stop| left > 0 || !keeps_back(stop));
    let done_with = (left == 0 && is_whole).then_some(endings);
    Ok(Settled {
        tally,
        rows,
        stored_otherwise,
        files,
        results,
        left,
        is_whole,
        stop,
        times,
        done_with,
    })
}

/// Whether a stop does nothing but keep rows back.
fn keeps_back(stop: &Stop) -> bool {
    matches!(stop.code, OwnCode::Interrupted | OwnCode::Window)
}

/// What is told of rows that can no longer be read, and of which the record has no ending, if there are any.
fn without_line(rows: u64, why: &str) -> Option<String> {
    let have = if rows == 1 { "has" } else { "have" };
    (rows > 0).then(|| {
        format!(
            "{} {have} no line in the results, since what they hold can no longer be read: {why}",
            counted(rows, "row")
        )
    })
}

/// How a row has ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// What became of it.
    pub(super) outcome: Outcome,
    /// What the fields that it changes held before, where its record was looked at.
    pub(super) before: Option<Vec<Held>>,
    /// What they and the record's stamps hold since, where that was confirmed.
    pub(super) stored: Vec<Held>,
}

impl Ended {
    /// Of a row whose record was not looked at.
    pub(super) fn unseen(outcome: Outcome) -> Self {
        Self { outcome, before: None, stored: Vec::new() }
    }
}

/// How a row has ended, by the record of endings, or by the reason that the run stopped.
///
/// # Errors
/// The record cannot be read, or lacks the row though the run did not stop.
pub(super) fn ended(
    input: &Input,
    endings: &mut Endings,
    row: Row<'_>,
    verdict: &Verdict,
    stop: Option<&Stop>,
) -> anyhow::Result<Ended> {
    if !verdict.is_to_send() {
        return Ok(Ended::unseen(unsent(row, verdict, input.survey.limit)));
    }
    let in_doubt = || {
        let (code, message) = (OwnCode::InDoubt.into(), OwnCode::InDoubt.cause().to_owned());
        Outcome::unsent(Status::Unconfirmed, Some(code), message)
    };
    let mut ended = match endings.of(row.place.index)? {
        // What kept a row back in an earlier leg is no reason any more where this one was not to send it.
        Ending::Told(Recorded { outcome: Outcome { status: Status::NotSent, .. }, .. })
        | Ending::None
            if row.place.index >= input.survey.limit =>
        {
            return Ok(Ended::unseen(unsent(row, verdict, input.survey.limit)));
        }
        Ending::Told(Recorded { outcome, before, stored, .. }) => Ended { outcome, before, stored },
        Ending::InDoubt(before) => Ended { before, ..Ended::unseen(in_doubt()) },
        Ending::None => {
            let stop = stop.with_context(|| {
                format!("row {} has no ending, though the run was not stopped", row.place.number)
            })?;
            let message = stop.message.clone();
            Ended::unseen(Outcome::unsent(Status::NotSent, Some(stop.code.into()), message))
        }
    };
    ended.outcome.warnings.splice(0..0, verdict.warning_texts());
    Ok(ended)
}

fn settle_from_record(
    endings: &mut Endings,
    from: u64,
    files: &mut ResultsFiles,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    for index in from..endings.rows() {
        let Ending::Told(recorded) = endings.of(index)? else { continue };
        tally.add(recorded.place.number, &recorded.outcome);
        files.write_recorded(recorded).context("the results cannot be written")?;
    }
    Ok(())
}
