//! What was sent where, when, and by which file.

use super::shown::{MESSAGE, NAME, Shown};
use super::told::Told;
use super::words::local;
use crate::model::counted::{counted, grouped};
use crate::model::limits::Rate;
use crate::report::Account;
use crate::report::sending::seconds;

/// A fact about the run.
pub(super) struct Fact {
    /// What it is.
    pub(super) label: &'static str,
    /// What is known of it.
    pub(super) value: Shown,
    /// What else is.
    pub(super) more: Option<Shown>,
    /// Whether it takes a line of its own.
    pub(super) is_wide: bool,
}

/// A column of the input.
pub(super) struct Column {
    /// Its header.
    pub(super) header: Shown,
    /// The fields that it sets.
    pub(super) fields: Shown,
}

impl Fact {
    fn new(label: &'static str, value: &str) -> Self {
        Self { label, value: Shown::of(value, MESSAGE), more: None, is_wide: false }
    }

    fn wide(label: &'static str, value: &str) -> Self {
        Self { is_wide: true, ..Self::new(label, value) }
    }

    fn with(self, more: &str) -> Self {
        Self { more: Some(Shown::of(more, MESSAGE)), ..self }
    }
}

/// What is known of a run: all of it with its account, and a little by its results alone.
pub(super) fn of(told: &Told, results: &str, account: Option<&Account>) -> Vec<Fact> {
    account.map_or_else(|| of_results(told, results), |account| of_account(told, account))
}

fn of_account(told: &Told, account: &Account) -> Vec<Fact> {
    let target = &account.target;
    let input = Fact::new("File", &account.input.file);
    let input = match &account.input.sheet {
        Some(sheet) => input.with(&format!("sheet {sheet}")),
        None => input,
    };
    let took = account.ended_at.duration_since(account.begun_at).unsigned_abs();
    let pace = &account.settings;
    let rate = match pace.rate.parse() {
        Ok(Rate::Unlimited) => "no rate limit".to_owned(),
        _ => format!("{} at most", pace.rate),
    };
    let by = account.os_user.as_ref().map(|user| format!("by {user}, ")).unwrap_or_default();
    let end =
        Fact::new("Ended", &local(account.ended_at)).with(&format!("after {}", seconds(took)));
    vec![
        Fact::new("Target", &target.name).with(&target.base_url),
        Fact::new("Data source", &target.data_source),
        Fact::new("ERP user", &target.user_name),
        input,
        rows(told),
        Fact::new("Requests", &grouped(told.requests)).with(&format!(
            "{rate}, {} at once, {}",
            pace.concurrency,
            counted(u64::from(pace.retries), "retry").replace("retrys", "retries")
        )),
        Fact::new("Begun", &local(account.begun_at)),
        end,
        Fact::wide("Run", &account.run_id).with(&format!("{by}rowpatch {}", account.rowpatch)),
        Fact::wide("SHA-256 of the rows as they were read", &account.input.sha256_of_rows),
    ]
}

fn of_results(told: &Told, results: &str) -> Vec<Fact> {
    let begin = told.timeline.begin().map(local);
    let mut facts = vec![Fact::new("Results", results), rows(told)];
    if let Some(begin) = begin {
        facts.push(Fact::new("Requests", &grouped(told.requests)));
        facts.push(Fact::new("First request", &begin));
    }
    if let Some(end) = told.timeline.end().map(local) {
        facts.push(Fact::new("Last row ended", &end));
    }
    facts
}

fn rows(told: &Told) -> Fact {
    let rows = Fact::new("Rows", &grouped(told.total()));
    match told.with_warnings {
        0 => rows,
        warned => rows.with(&format!("{} with warnings", grouped(warned))),
    }
}

/// Which column set which field.
pub(super) fn columns(account: &Account) -> Vec<Column> {
    let column = |(header, fields): &(String, Vec<String>)| Column {
        header: Shown::of(header, NAME),
        fields: Shown::of(
            &if fields.is_empty() { "left out".to_owned() } else { fields.join(", ") },
            MESSAGE,
        ),
    };
    let set = |(field, value): &(String, String)| Column {
        header: Shown::of(&format!("the same in every row: {value}"), MESSAGE),
        fields: Shown::of(field, NAME),
    };
    let mapping = &account.mapping;
    mapping.columns.iter().map(column).chain(mapping.set.iter().map(set)).collect()
}
