//! The warnings in words.

use super::shown::Shown;
use super::told::Told;
use super::warned::WarningTold;
use crate::model::code::OwnCode;
use crate::model::counted::grouped;
use crate::model::otherwise::Otherwise;
use crate::report::Account;

/// All warnings.
pub(super) struct Warnings {
    /// How many rows have some.
    pub(super) text: String,
    /// Those of each field and kind.
    pub(super) list: Vec<WarningShown>,
}

/// The warnings of a field and kind.
pub(super) struct WarningShown {
    /// The field.
    pub(super) field: &'static str,
    /// How many.
    pub(super) count: String,
    /// What they mean.
    pub(super) cause: &'static str,
    /// What has become of the values, where they were stored otherwise and the account of the run counts them.
    pub(super) kinds: String,
    /// The kind.
    pub(super) code: &'static str,
    /// The row of the first.
    pub(super) row: u64,
    /// What it says.
    pub(super) example: Shown,
}

impl Warnings {
    /// The warnings of these results.
    pub(super) fn of(told: &Told, account: Option<&Account>) -> Self {
        let warned = told.warned.told();
        let rows = match told.with_warnings {
            1 => "1 row has".to_owned(),
            rows => format!("{} rows have", grouped(rows)),
        };
        let stored = if warned.iter().any(|told| told.code == Some(OwnCode::Stored)) {
            " Values that the endpoint stored differently from what was sent come first."
        } else {
            ""
        };
        Self {
            text: format!(
                "{rows} something to look at. A warning keeps no row from being sent.{stored}"
            ),
            list: warned.into_iter().map(|told| WarningShown::of(told, account)).collect(),
        }
    }
}

impl WarningShown {
    fn of(told: &WarningTold, account: Option<&Account>) -> Self {
        let field = told.field.map_or("whole row", |field| field.name);
        let is_stored = told.code == Some(OwnCode::Stored);
        let kinds = account.filter(|_| is_stored).map(|account| kinds(field, account));
        Self {
            field,
            kinds: kinds.unwrap_or_default(),
            count: grouped(told.count),
            cause: told.code.map_or("", OwnCode::cause),
            code: told.code.map_or("", OwnCode::as_str),
            row: told.row,
            example: told.example.clone(),
        }
    }
}

/// What has become of the values of a field that were stored otherwise than they were sent.
fn kinds(field: &str, account: &Account) -> String {
    let counts = account.rows.stored_otherwise.get(field).into_iter().flatten();
    let told = counts.map(|(kind, values)| format!("{} {}", grouped(*values), word(*kind)));
    told.collect::<Vec<_>>().join(", ")
}

fn word(kind: Otherwise) -> &'static str {
    match kind {
        Otherwise::Cut => "cut",
        Otherwise::Case => "in another case",
        Otherwise::Trimmed => "with other spaces",
        Otherwise::Ignored => "not stored",
        Otherwise::Rewritten => "rewritten",
    }
}
