//! What an earlier run of a file left to do, and what a person wants done about it.

use std::path::Path;

use anyhow::{Context as _, bail};

use super::file_run::{Places, header};
use super::pipeline::Repeated;
use super::survey::Input;
use super::tell;
use super::way_on::WayOn;
use crate::engine::{Header, Interrupted, JournalFault, Recorded};
use crate::exit::ExitCode;
use crate::model::counted::{counted, grouped};
use crate::model::key::Key;
use crate::model::outcome::Status;
use crate::model::rules::SiteRules;
use crate::model::target::{Target, books};
use crate::report::Account;

/// What decides of how rows become updates.
const SETTINGS: &str = "[columns], [set], --map, --ignore-column, clear_mark, trim";

/// What is to be done about a run that left rows to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Nobody said: it must not be passed over.
    Unsaid,
    /// It is continued; where there is none, one is begun.
    Resume,
    /// It is left, and one is begun.
    StartOver,
}

impl Wish {
    /// What a person typed.
    pub(super) fn of(typed: &crate::cli::Earlier) -> Self {
        match (typed.resume, typed.start_over) {
            (true, _) => Self::Resume,
            (false, true) => Self::StartOver,
            (false, false) => Self::Unsaid,
        }
    }
}

/// Refuses to begin where an earlier run left rows to do, and nobody said what to do about it.
///
/// # Errors
/// There is one: what became of its rows, and the two ways on.
pub(super) fn refuse(input: &Path, places: Places<'_>, wish: Wish) -> anyhow::Result<()> {
    if wish != Wish::Unsaid || places.rehearsal {
        return Ok(());
    }
    let path = places.journal(input);
    let opened = Interrupted::open(&path, &mut |_| {}).with_context(|| {
        format!("{}: give --start-over to leave it and begin again", input.display())
    })?;
    let Some(earlier) = opened else { return Ok(()) };
    bail!(
        "{}: an earlier run ({}) is not finished; so far: {}.\nGive --resume to continue it, or --start-over to leave it and begin again.",
        input.display(),
        earlier.header.run_id,
        told(&earlier)
    )
}

/// What became of the rows of a run.
fn told(earlier: &Interrupted) -> String {
    let ended = Status::ALL.iter().map(|status| (*status, earlier.tally.rows(*status)));
    let mut counts: Vec<String> = ended
        .filter(|(_, rows)| *rows > 0)
        .map(|(status, rows)| format!("{} {}", grouped(rows), status.as_str().replace('_', " ")))
        .collect();
    if earlier.in_doubt > 0 {
        counts.push(format!("up to {} may have been sent", counted(earlier.in_doubt, "row")));
    }
    if counts.is_empty() { "nothing was sent".to_owned() } else { counts.join(", ") }
}

/// The exit code of a run of these rows for this target that left nothing to do: then nothing is to be sent.
///
/// # Errors
/// That run had other settings, by which these rows may have become other updates.
pub(super) fn finished(
    input: &Input,
    places: Places<'_>,
    target: &Target,
    site: &SiteRules,
    (wish, way_on): (Wish, WayOn),
) -> anyhow::Result<Option<ExitCode>> {
    if wish != Wish::Resume || places.rehearsal {
        return Ok(None);
    }
    let Some(account) = Account::read(&places.account(&input.path)) else { return Ok(None) };
    let now = header(Some(target), input, site, "");
    let finished =
        account.finished().filter(|_| account.rows_sent_to(target) == Some(now.rows.as_str()));
    let Some(code) = finished.and_then(ExitCode::of_number) else {
        return Ok(None);
    };
    if !account.mapping.sends_as(&now.mapping) {
        if account.is_all_invalid() {
            return Ok(None);
        }
        bail!(
            "{}: run {} has finished these rows with other settings ({SETTINGS}, --baseline, --strict or rules), and nothing is sent again; {}.",
            input.path.display(),
            account.run_id,
            way_on.with_those_of_now()
        );
    }
    tell::err(&format!(
        "{}: run {} has finished it, and nothing is sent again{}.",
        input.path.display(),
        account.run_id,
        way_on.once_more()
    ));
    Ok(Some(code))
}

/// Finds the run that is to be continued. Its endings are told to the keys of the rejects.
///
/// # Errors
/// It was of other rows, another target or another mapping, or cannot be read.
pub(super) fn find(
    input: &mut Input,
    places: Places<'_>,
    target: Option<&Target>,
    site: &SiteRules,
    (wish, way_on): (Wish, WayOn),
) -> anyhow::Result<Option<Interrupted>> {
    if wish != Wish::Resume || places.rehearsal {
        return Ok(None);
    }
    let path = places.journal(&input.path);
    let Some(earlier) = open(&path, input)? else { return Ok(None) };
    if target.is_none() {
        // It is only looked at, as it was.
        input.look = earlier.header.mapping.look;
    }
    let now = header(target, input, site, "");
    if let Some(what) = other(&earlier.header, &now, target.is_some()) {
        bail!(
            "{}: the run that was interrupted ({}) was {what}.\n{}",
            input.path.display(),
            earlier.header.run_id,
            way_on.with_what_it_had()
        );
    }
    input.done = earlier.final_rows(input.survey.limit);
    input.ended = earlier.ended;
    Ok(Some(earlier))
}

fn open(path: &Path, input: &mut Input) -> Result<Option<Interrupted>, JournalFault> {
    let repeated = Repeated::of(&input.survey.first_read);
    let Input { survey, own, .. } = input;
    Interrupted::open(path, &mut |Recorded { place, key, outcome, stored, .. }| {
        let key = Key::fold(key.iter().map(String::as_str));
        survey.rejected.ended(&key, *place, outcome.status);
        let stored =
            stored.iter().filter_map(|held| Some((held.field.as_str(), held.value.as_deref()?)));
        own.ended(&repeated, (&key, *place), outcome.status, stored);
    })
}

/// In what the two runs differ.
fn other(then: &Header, now: &Header, with_target: bool) -> Option<String> {
    if then.rows != now.rows {
        return Some("of other rows than the file has now".to_owned());
    }
    if with_target && (&then.base_url, &then.data_source) != (&now.base_url, &now.data_source) {
        return Some(format!("sent to {}", books(&then.data_source, &then.base_url)));
    }
    if !then.mapping.passes_as(&now.mapping) {
        let (before, after) = (then.mapping.invalid, now.mapping.invalid);
        let what = if before == after {
            "other rows passed them than pass now".to_owned()
        } else {
            format!("{} did not pass them, and {} now", counted(before, "row"), grouped(after))
        };
        return Some(format!("made with other checks: {what}"));
    }
    if then.mapping.baseline != now.mapping.baseline {
        return Some(match (&then.mapping.baseline, &now.mapping.baseline) {
            (None, _) => "made without a baseline".to_owned(),
            (Some(_), None) => "made with a --baseline".to_owned(),
            (Some(_), Some(_)) => "made with another --baseline".to_owned(),
        });
    }
    let is_same = then.mapping.reads_as(&now.mapping) && then.mapping.look == now.mapping.look;
    (!is_same)
        .then(|| format!("made with other settings ({SETTINGS}, --skip-unchanged or --changes)"))
}
