//! The rows that did not go well, as a table to search and to filter.

use super::outcomes::{Choice, choices, codes};
use super::told::{RowTold, Told};
use crate::model::counted::{counted, counted_are, grouped};
use crate::model::record::RecordType;

/// The table.
pub(super) struct Listed {
    /// How many of them there are.
    pub(super) text: String,
    /// What the table holds.
    pub(super) caption: String,
    /// What people call the key fields.
    pub(super) keys: Vec<&'static str>,
    /// The statuses to filter by.
    pub(super) statuses: Vec<Choice>,
    /// The codes to filter by.
    pub(super) codes: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<RowTold>,
}

impl Listed {
    /// The table of these rows, of all that are told of.
    pub(super) fn of(told: &Told, rows: Vec<RowTold>, record: &RecordType) -> Self {
        let listed = rows.len() as u64;
        Self {
            text: text(told.not_good(), listed),
            caption: format!("The {} that are listed", counted(listed, "row")),
            keys: record.keys().map(|key| key.label).collect(),
            statuses: choices(&rows),
            codes: codes(&rows),
            rows,
        }
    }
}

fn text(all: u64, listed: u64) -> String {
    let left_out = all - listed;
    if left_out == 0 {
        return format!("All {} in the order of the file.", counted(all, "row"));
    }
    format!(
        "The first {} of {}. The other {} not listed here; the results have every row.",
        grouped(listed),
        counted(all, "row"),
        counted_are(left_out, "row")
    )
}
