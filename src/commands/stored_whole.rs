//! How long values are that were stored as they were sent, of fields of which others were cut: whether one length
//! tells them apart.

use std::ops::ControlFlow;

use super::pipeline::{Pass, judged};
use super::settle::ended;
use super::survey::Input;
use crate::checks::Rules;
use crate::engine::{Endings, Stop};
use crate::model::outcome::Status;
use crate::model::rules::SiteRules;
use crate::model::stored_counts::StoredCounts;

/// Takes in the lengths, by one more read, if values of any field were cut.
///
/// # Errors
/// The rows, or the record of their endings, cannot be read again.
pub(super) fn find(
    input: &Input,
    site: &SiteRules,
    endings: &mut Endings,
    stop: Option<&Stop>,
    counts: &mut StoredCounts,
) -> anyhow::Result<()> {
    if !counts.has_any_cut() {
        return Ok(());
    }
    let rules = Rules::new(input.table.layout(), site);
    let pass = Pass::Later(&input.survey.first_read);
    let mut fault = Ok(());
    judged(input.rows(site), pass, &mut |batch, verdicts| {
        fault = batch.rows().zip(verdicts).try_for_each(|(row, verdict)| {
            let outcome = ended(input, endings, row, verdict, stop)?.outcome;
            if !matches!(outcome.status, Status::Updated | Status::Unchanged) {
                return Ok(());
            }
            // What a baseline says is no word of the endpoint.
            for set in rules.assignments(row).filter(|set| verdict.sends(set.field)) {
                let name = set.field.name;
                let is_otherwise = outcome.stored_otherwise.iter().any(|other| other.field == name);
                if counts.has_cuts(name) && !is_otherwise {
                    counts.add_whole(name, set.change.value().chars().count() as u64);
                }
            }
            Ok(())
        });
        if fault.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    fault
}
