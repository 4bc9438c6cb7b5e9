//! Words of the page that depend on what it is about, and times.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::told::Told;
use crate::model::counted::{counted, grouped};
use crate::model::outcome::Status;

/// What a run and a check are told apart by.
pub(super) struct Words {
    /// What the page is of.
    pub(super) of: &'static str,
    /// What was done.
    pub(super) what: &'static str,
    /// What is said of rows that did not go well.
    pub(super) bad: &'static str,
}

impl Words {
    /// The words for these results.
    pub(super) fn of(told: &Told) -> Self {
        if told.is_check {
            Self { of: "check", what: "What was checked", bad: "would not be sent" }
        } else {
            Self { of: "run", what: "What was sent", bad: "were not updated" }
        }
    }
}

/// What it all comes to.
pub(super) fn verdict(told: &Told) -> String {
    let of = |rows: u64| format!("{} of {}", grouped(rows), counted(told.total(), "row"));
    if told.is_check {
        format!("{} would be sent", of(told.rows(Status::Valid)))
    } else {
        format!("{} updated", of(told.rows(Status::Updated)))
    }
}

/// A time as this machine's clock shows it.
pub(super) fn local(time: Timestamp) -> String {
    shown_as(time, "%-d %B %Y, %H:%M:%S %:z")
}

/// The same without the day.
pub(super) fn moment(time: Timestamp) -> String {
    shown_as(time, "%H:%M:%S")
}

fn shown_as(time: Timestamp, form: &str) -> String {
    time.to_zoned_datetime(TimeZone::system()).strftime(form).to_string()
}
