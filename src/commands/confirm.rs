//! What a person sees and is asked before anything is sent.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, stderr, stdin};
use std::path::PathBuf;

use anyhow::bail;
use dialoguer::{Confirm, Input as Typed, Password};
use secrecy::SecretString;

use super::survey::Input;
use super::tell;
use crate::config::{Config, Destination, Secrets, Settings};
use crate::model::mapping::LeftOut;
use crate::model::outcome::Status;
use crate::model::record::fold_header;
use crate::model::target::Credentials;
use crate::report::{escape, names};

/// Characters of a line beside its name.
const VALUE_WIDTH: usize = 84;

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
    /// Finds out. Standard input that holds rows cannot hold answers.
    ///
    /// # Errors
    /// Nobody is there, and `--yes` was not given.
    pub(super) fn find(yes: bool, files: &[PathBuf]) -> anyhow::Result<Self> {
        let is_there = stdin().is_terminal()
            && stderr().is_terminal()
            && !files.iter().any(|file| names::is_standard(file));
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
            let password = Password::new().with_prompt(format!("Password of {user}")).interact()?;
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
    inputs: &[Input],
    person: Person,
) -> anyhow::Result<bool> {
    if !settings.quiet || person == Person::Present {
        tell::err(facts(config, destination, inputs).trim_end());
    }
    let clears: u64 = inputs.iter().map(|input| input.survey.clears).sum();
    if person != Person::Present && clears > settings.max_clears {
        bail!(
            "{clears} cells would be blanked by {}, and {} may be without being asked; look at them, then give --max-clears {clears}",
            settings.site.clear_mark,
            settings.max_clears
        );
    }
    let to_send: u64 = inputs.iter().map(|input| input.survey.to_send).sum();
    if person != Person::Present || to_send == 0 {
        return Ok(true);
    }
    let target = &destination.target;
    if target.live {
        let question = format!(
            "These are live books. Type the name of the target ({}) to update {to_send} records",
            target.name
        );
        let typed: String = Typed::new().with_prompt(question).allow_empty(true).interact_text()?;
        return Ok(typed.trim() == target.name);
    }
    let question = format!("Update {to_send} records in {}?", target.data_source);
    Ok(Confirm::new().with_prompt(question).default(false).interact()?)
}

fn facts(config: &Config, destination: &Destination, inputs: &[Input]) -> String {
    let (target, limits) = (&destination.target, &destination.limits);
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let value = escape(&value);
        let lines = textwrap::wrap(&value, VALUE_WIDTH);
        for (nth, part) in lines.iter().enumerate() {
            let name = if nth == 0 { name } else { "" };
            writeln!(text, "{name:<12} {part}").expect("memory is always written");
        }
    };
    if let Some(file) = config.file() {
        line("Config", file.display().to_string());
    }
    let books = if target.live { ", LIVE" } else { "" };
    line("Target", format!("{} at {}{books}", target.name, target.base_url));
    line("Data source", target.data_source.clone());
    line("User", target.user_name.clone());
    for input in inputs {
        file_facts(input, &mut line);
    }
    let to_send: u64 = inputs.iter().map(|input| input.survey.to_send).sum();
    let time = limits
        .rate
        .time_for(to_send)
        .map(|time| format!(", about {:.0} s at least", time.as_secs_f64().ceil()))
        .unwrap_or_default();
    line(
        "Rate",
        format!(
            "{} ({}), {} at once{time}",
            limits.rate,
            config.origin("rate"),
            limits.concurrency
        ),
    );
    text
}

fn file_facts(input: &Input, line: &mut dyn FnMut(&str, String)) {
    let (table, survey) = (&input.table, &input.survey);
    let sheet = table
        .origin()
        .sheet
        .as_ref()
        .map(|sheet| format!(", sheet \"{sheet}\""))
        .unwrap_or_default();
    line("File", format!("{}{sheet}", table.name()));
    if !table.origin().other_sheets.is_empty() {
        line("Not read", format!("sheets {}", table.origin().other_sheets.join(", ")));
    }
    let set = table.layout().columns.iter().filter_map(|column| {
        let fields: Vec<_> = column.sets.as_ref().ok()?.iter().map(|field| field.name).collect();
        let is_plain =
            matches!(fields.as_slice(), [name] if fold_header(name) == fold_header(&column.header));
        let fields = fields.join(" + ");
        Some(if is_plain { fields } else { format!("{} → {fields}", column.header) })
    });
    line("Columns", set.collect::<Vec<_>>().join(", "));
    let left_out: Vec<_> = table
        .layout()
        .left_out()
        .filter_map(|(header, reason)| Some(format!("{header} ({})", why(reason)?)))
        .collect();
    if !left_out.is_empty() {
        line("Left out", left_out.join(", "));
    }
    let hidden: Vec<_> = table.hidden_columns().collect();
    if !hidden.is_empty() {
        line(
            "Hidden",
            format!("columns {} are hidden in the sheet, and are sent", hidden.join(", ")),
        );
    }
    let tally = &survey.tally;
    let mut rows = format!(
        "{} to send, {} invalid, {} with warnings",
        survey.to_send,
        tally.rows(Status::Invalid),
        tally.with_warnings()
    );
    if survey.clears > 0 {
        let _ = write!(rows, "; {} CELLS WILL BE BLANKED", survey.clears);
    }
    if table.skipped_rows() > 0 {
        let _ = write!(rows, "; {} hidden rows are left out", table.skipped_rows());
    }
    line("Rows", rows);
}

fn why(reason: LeftOut) -> Option<&'static str> {
    match reason {
        LeftOut::ReadOnly => Some("only the ERP sets it"),
        LeftOut::Ignored => Some("--ignore-column"),
        LeftOut::Rejects => Some("of a rejects file"),
        LeftOut::Blank => None,
    }
}
