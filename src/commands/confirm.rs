//! What a person sees and is asked before anything is sent.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, stderr, stdin};
use std::path::PathBuf;

use anyhow::bail;
use dialoguer::{Confirm, Input as Typed, Password};
use secrecy::SecretString;

use super::about::{self, Fact};
use super::file_run::Prepared;
use super::list_shown;
use super::question;
use super::repeats::RepeatsTold;
use super::survey::Input;
use super::tell;
use crate::config::{Config, Destination, Secrets, Settings};
use crate::model::counted::{counted, counted_are};
use crate::model::outcome::Status;
use crate::model::rules::SiteRules;
use crate::model::target::Credentials;
use crate::report::names;

/// Whether there is a person who can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Person {
    /// At the terminal.
    Present,
    /// At the terminal, and does not want to be asked before sending.
    SaidYes,
    /// Nobody; everything was allowed beforehand.
    Absent,
}

impl Person {
    /// Whoever is there, for a question that nobody needs to have allowed.
    pub(super) fn at_hand() -> Self {
        if is_at_hand() { Self::Present } else { Self::Absent }
    }

    /// Finds out. Standard input that holds rows cannot hold answers.
    ///
    /// # Errors
    /// Nobody is there, and `--yes` was not given.
    pub(super) fn find(yes: bool, files: &[PathBuf]) -> anyhow::Result<Self> {
        let is_there = is_at_hand() && !files.iter().any(|file| names::is_standard(file));
        match (is_there, yes) {
            (true, false) => Ok(Self::Present),
            (true, true) => Ok(Self::SaidYes),
            (false, true) => Ok(Self::Absent),
            (false, false) => bail!(
                "there is no terminal to ask at before sending; give --yes to send without being asked, or --dry-run to send nothing"
            ),
        }
    }
}

/// Whether somebody can be asked and can answer.
fn is_at_hand() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// The token and the password; a password that is nowhere set is asked for, unseen.
///
/// # Errors
/// None is set, and nobody can be asked.
pub(super) fn credentials(
    secrets: Secrets,
    user: &str,
    person: Person,
) -> anyhow::Result<Credentials> {
    match secrets {
        Secrets { password: Some(password), token } => {
            Ok(Credentials::Password { password, token })
        }
        Secrets { password: None, token: Some(token) } => Ok(Credentials::Token(token)),
        _ if person == Person::Absent => {
            bail!(
                "no password is set for {user}; set the environment variable ROWPATCH_PASSWORD, or write password_file or password_command into the target"
            )
        }
        _ => {
            let password = question::ask(|| {
                Password::new().with_prompt(format!("Password of {user}")).interact()
            })?;
            Ok(Credentials::Password { password: SecretString::from(password), token: None })
        }
    }
}

/// Shows what is about to happen, and asks. Whether to go on.
///
/// # Errors
/// Cells would be blanked that nobody allowed to be.
pub(super) fn confirm(
    config: &Config,
    destination: &Destination,
    settings: &Settings,
    inputs: &[Prepared],
    person: Person,
) -> anyhow::Result<bool> {
    if !settings.quiet || person == Person::Present {
        let facts = facts(config, &settings.site, destination, inputs)?;
        tell::err(about::told(&facts, tell::err_screen()).trim_end());
        for Prepared { input, .. } in inputs {
            tell::err_as_is(&list_shown::shown(input, &settings.site, tell::err_screen())?);
        }
    }
    let is_list = |prepared: &Prepared| prepared.input.table.layout().changes.is_some();
    let is_list = inputs.iter().any(is_list);
    let clears: u64 = inputs.iter().map(|prepared| prepared.input.survey.clears).sum();
    if person != Person::Present && clears > settings.max_clears {
        let would_be_blanked = if is_list {
            format!("{} would be blanked, as the list of changes says", counted(clears, "field"))
        } else {
            format!("{} would be blanked by {}", counted(clears, "cell"), settings.site.clear_mark)
        };
        bail!(
            "{would_be_blanked}, and {} may be without being asked; look at them, then give --max-clears {clears}",
            settings.max_clears
        );
    }
    let to_send: u64 = inputs.iter().map(|prepared| prepared.input.left()).sum();
    if person != Person::Present || to_send == 0 {
        return Ok(true);
    }
    let what = counted(to_send, if is_list { "field" } else { "record" });
    let target = &destination.target;
    if target.live {
        let question = format!(
            "These are live books. Type the name of the target ({}) to update {what}",
            target.name
        );
        let typed: String =
            question::ask(|| Typed::new().with_prompt(question).allow_empty(true).interact_text())?;
        return Ok(typed.trim() == target.name);
    }
    let question = format!("Update {what} in {}?", target.data_source);
    Ok(question::ask(|| Confirm::new().with_prompt(question).default(false).interact())?)
}

fn facts(
    config: &Config,
    site: &SiteRules,
    destination: &Destination,
    inputs: &[Prepared],
) -> anyhow::Result<Vec<Fact>> {
    let (target, limits) = (&destination.target, &destination.limits);
    let mut facts = about::settings(config, site);
    facts.extend(about::target(target));
    for Prepared { input, .. } in inputs {
        facts.extend(about::sheet(&input.table));
        facts.extend(about::baseline(input));
        facts.push(("Rows", rows(input)));
        let repeats = RepeatsTold::of(&input.table, site, &input.survey, None)?;
        facts.extend(repeats.fact().map(|fact| ("Repeated", fact)));
    }
    let to_send: u64 = inputs.iter().map(|prepared| prepared.input.left()).sum();
    let time = limits
        .rate
        .time_for(to_send)
        .map(|time| format!(", about {:.0} s at least", time.as_secs_f64().ceil()))
        .unwrap_or_default();
    let origin = config.origin("rate");
    let rate = format!("{} ({origin}), {} at once{time}", limits.rate, limits.concurrency);
    facts.push(("Rate", rate));
    Ok(facts)
}

fn rows(input: &Input) -> String {
    let (table, survey) = (&input.table, &input.survey);
    let (invalid, warned) = (survey.tally.rows(Status::Invalid), survey.tally.with_warnings());
    let mut rows = format!("{} to send, {invalid} invalid, {warned} with warnings", input.left());
    if invalid + warned > 0 {
        rows.push_str(match table.layout().changes {
            None => " (rowpatch check lists them)",
            Some(changes) if !changes.puts_back => " (--dry-run lists them)",
            // An undo knows no such flag.
            Some(_) => " (the results will list them)",
        });
    }
    if input.done > 0 {
        let _ = write!(rows, "; {} before the run was interrupted", counted(input.done, "row"));
    }
    if survey.clears > 0 {
        let cells = counted(survey.clears, "cell").to_uppercase();
        let _ = write!(rows, "; {cells} WILL BE BLANKED");
    }
    if table.skipped_rows() > 0 {
        let _ = write!(rows, "; {} left out", counted_are(table.skipped_rows(), "hidden row"));
    }
    if survey.blank_rows > 0 {
        let _ = write!(rows, "; {} passed over", counted_are(survey.blank_rows, "blank row"));
    }
    rows
}
