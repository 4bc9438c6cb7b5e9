//! The third read: what became of each row, in row order, from the rows and the record of their endings.

use std::ops::ControlFlow;

use anyhow::Context as _;

use super::pipeline::{Pass, judged};
use super::results::ResultsFiles;
use super::survey::{Input, unsent};
use crate::checks::{Rules, Verdict};
use crate::engine::{Endings, Journal, Stop};
use crate::model::code::OwnCode;
use crate::model::outcome::{Outcome, Status};
use crate::model::row::Row;
use crate::model::rules::SiteRules;
use crate::model::tally::Tally;

/// What became of a file.
#[derive(Debug)]
pub(super) struct Settled {
    /// Counts of all rows.
    pub(super) tally: Tally,
    /// Lines about the files that were written.
    pub(super) files: Vec<String>,
    /// Why the run stopped, if it did, or if it must now.
    pub(super) stop: Option<Stop>,
}

/// Writes results and rejects, and removes the record of endings when no row is left to do.
///
/// If the file is no longer what it was, the rows that were sent are told from the record alone.
///
/// # Errors
/// The results cannot be written anywhere; the record of endings then stays.
pub(super) fn settle(
    input: &Input,
    site: &SiteRules,
    journal: Journal,
    mut files: ResultsFiles,
    mut stop: Option<Stop>,
) -> anyhow::Result<Settled> {
    let mut endings = journal.into_endings()?;
    let mut tally = Tally::default();
    let rules = Rules::new(input.table.layout(), site);
    let mut told = 0;
    let mut fault = Ok(());
    let read = judged(
        &input.table,
        site,
        Pass::Later(&input.survey.first_read),
        &mut |batch, verdicts| {
            fault =
                batch.rows().zip(verdicts).try_for_each(|(row, verdict)| -> anyhow::Result<()> {
                    let outcome = outcome(input, &mut endings, row, verdict, stop.as_ref())?;
                    tally.add(row.place.number, &outcome);
                    told = row.place.index + 1;
                    Ok(files.write(&rules, row, verdict, &outcome, Some(&input.survey.rejected))?)
                });
            if fault.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        },
    );
    fault.context("the results cannot be written")?;
    if let Err(changed) = read {
        stop.get_or_insert_with(|| Stop {
            code: OwnCode::FileChanged,
            message: changed.to_string(),
        });
        settle_from_record(&mut endings, told, &mut files, &mut tally)?;
    }
    let files = files.finish()?;
    let left = tally.rows(Status::NotSent) + tally.rows(Status::Unconfirmed);
    if left == 0 && stop.is_none() {
        endings.remove()?;
    }
    Ok(Settled { tally, files, stop })
}

fn outcome(
    input: &Input,
    endings: &mut Endings,
    row: Row<'_>,
    verdict: &Verdict,
    stop: Option<&Stop>,
) -> anyhow::Result<Outcome> {
    if !verdict.is_valid() || row.place.index >= input.survey.limit {
        return Ok(unsent(row, verdict, input.survey.limit));
    }
    let mut outcome = if let Some(recorded) = endings.get(row.place.index)? {
        recorded.outcome
    } else {
        let stop = stop.with_context(|| {
            format!("row {} has no ending, though the run was not stopped", row.place.number)
        })?;
        Outcome::unsent(Status::NotSent, Some(stop.code.into()), stop.message.clone())
    };
    outcome.warnings.splice(0..0, verdict.warning_texts());
    Ok(outcome)
}

fn settle_from_record(
    endings: &mut Endings,
    from: u64,
    files: &mut ResultsFiles,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    for index in from..endings.rows() {
        let Some(recorded) = endings.get(index)? else { continue };
        tally.add(recorded.place.number, &recorded.outcome);
        files
            .write_recorded(recorded.place.number, &recorded.key, &recorded.outcome)
            .context("the results cannot be written")?;
    }
    Ok(())
}
