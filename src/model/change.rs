//! A change of one field of one record: what was before it, and how lists of changes are laid out.

use serde::{Deserialize, Serialize};

/// What one field of a record holds, before or after a row was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The name of the field.
    pub field: String,
    /// What it holds; nothing if the endpoint does not show it.
    pub value: Option<String>,
}

/// What the record of a row must still hold for the row to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// This, in the field that is changed.
    Before(Held),
    /// These stamps of its last update.
    Stamps(Vec<Held>),
}

/// The columns of a list of changes, beside those of the key: the row of the sheet that a change comes from.
pub const ROW: &str = "row";
/// The name of the field.
pub const FIELD: &str = "field";
/// What the field holds before the change.
pub const BEFORE: &str = "before";
/// What it is to hold after it.
pub const AFTER: &str = "after";
/// What was sent to it.
pub const SENT: &str = "sent";
/// What it held when the endpoint had confirmed that.
pub const STORED: &str = "stored";
/// Whether the endpoint has confirmed it: `yes` or `no`.
pub const CONFIRMED: &str = "confirmed";
/// The run that made the change.
pub const RUN: &str = "run_id";
/// Whether the endpoint shows what the field holds: `yes` or `no`.
pub const COMPARABLE: &str = "comparable";
/// The target that the change was found or made on: its data source and address.
pub const TARGET: &str = "target";
/// What stands there where the change was made in a rehearsal, whose sandbox is gone.
pub const REHEARSAL: &str = "a rehearsal";
