//! How the rows of a run become updates: what must be the same when the run is continued.

use serde::{Deserialize, Serialize};

use super::mapping::Layout;
use super::rules::SiteRules;

/// How rows become updates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapped {
    /// Header of each column, and the fields that it sets.
    pub columns: Vec<(String, Vec<String>)>,
    /// Fields that have one value for every row.
    pub set: Vec<(String, String)>,
    /// The mark that blanks a field.
    pub clear_mark: String,
    /// Whether spaces around values are left out.
    pub trim: bool,
    /// Rows that did not pass the checks.
    pub invalid: u64,
    /// SHA-256 of the positions of these rows; nothing where there is none, and in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid_rows: Option<String>,
    /// Whether records are looked at before rows are sent, and what for.
    #[serde(default)]
    pub look: Look,
    /// SHA-256 of the baseline that rows were compared with, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
}

/// Whether records are looked at before rows are sent, and what for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// They are not: rows are sent unseen.
    #[default]
    Unseen,
    /// What they hold is noted, so that it can be put back; rows are sent whole.
    Noted,
    /// Rows that change nothing are left out, and of the others only what differs is sent.
    Compared,
}

impl Look {
    /// What records are looked at for, if it is said whether rows are compared with them, and whether changes
    /// are listed.
    #[must_use]
    pub fn of(compares: bool, lists_changes: bool) -> Self {
        match (compares, lists_changes) {
            (true, _) => Self::Compared,
            (false, true) => Self::Noted,
            (false, false) => Self::Unseen,
        }
    }
}

impl Mapped {
    /// Whether the same rows would become the same updates, before anything is compared or looked at.
    #[must_use]
    pub fn reads_as(&self, other: &Self) -> bool {
        let read = |of: &Self| (of.columns.clone(), of.set.clone(), of.clear_mark.clone(), of.trim);
        read(self) == read(other)
    }

    /// Whether the same rows passed the checks, as far as both know which did not.
    #[must_use]
    pub fn passes_as(&self, other: &Self) -> bool {
        let are_known = self.invalid_rows.is_some() && other.invalid_rows.is_some();
        self.invalid == other.invalid && (!are_known || self.invalid_rows == other.invalid_rows)
    }

    /// Whether the same rows would become the same updates; whether records are looked at first makes no
    /// difference to what they hold since.
    #[must_use]
    pub fn sends_as(&self, other: &Self) -> bool {
        self.reads_as(other) && self.passes_as(other) && self.baseline == other.baseline
    }

    /// By this layout and these rules, which `invalid` rows did not pass, with every field that a row names.
    #[must_use]
    pub fn of(layout: &Layout, site: &SiteRules, invalid: u64) -> Self {
        let columns = layout.columns.iter().map(|column| {
            let fields = column.sets.iter().flatten().map(|field| field.name.to_owned());
            (column.header.clone(), fields.collect())
        });
        let set = site.set.iter().map(|(field, value)| (field.name.to_owned(), value.clone()));
        Self {
            columns: columns.collect(),
            set: set.collect(),
            clear_mark: site.clear_mark.clone(),
            trim: site.trim,
            invalid,
            invalid_rows: None,
            look: Look::Unseen,
            baseline: None,
        }
    }
}
