//! What a person must know before anything else of the page.

use super::shown::{MESSAGE, Shown};
use super::told::Told;
use crate::model::counted::{counted, counted_are};
use crate::model::outcome::Status;
use crate::report::Account;
use crate::report::same_run::{NO_ACCOUNT, OF_ANOTHER};

/// Something to know.
pub(super) struct Notice {
    /// What it is about.
    pub(super) head: &'static str,
    /// What it says.
    pub(super) text: Shown,
    /// Whether something went wrong.
    pub(super) is_grave: bool,
}

/// What there is to know, the gravest first.
pub(super) fn of(told: &Told, account: Option<&Account>, is_of_other: bool) -> Vec<Notice> {
    let mut notices = Vec::new();
    let mut say = |head, text: String, is_grave| {
        notices.push(Notice { head, text: Shown::of(&text, MESSAGE), is_grave });
    };
    if let Some(why) = account.and_then(|account| account.stopped.as_deref()) {
        say("Stopped early:", why.to_owned(), true);
    }
    let left = account.map_or(0, |account| account.left_to_do.saturating_sub(told.beyond_limit));
    if left > 0 {
        let left = counted_are(left, "row");
        say(
            "Not finished:",
            format!("{left} left to do; the same command with --resume goes on."),
            true,
        );
    }
    let unconfirmed = told.rows(Status::Unconfirmed);
    if unconfirmed > 0 {
        let rows = counted(unconfirmed, "row");
        say(
            "Not confirmed:",
            format!(
                "{rows} may have been applied, though no answer said so. Look at the records, or send them again: an update sets the same values."
            ),
            true,
        );
    }
    if told.beyond_limit > 0 {
        let stand = if told.beyond_limit == 1 { "stands" } else { "stand" };
        let rows = counted(told.beyond_limit, "row");
        say(
            "Limited:",
            format!(
                "{rows} {stand} beyond --limit; they are not listed below, and --resume sends them."
            ),
            false,
        );
    }
    if told.is_check {
        // An update that no row passes leaves the same results, if its account is lost.
        let is_sure = told.rows(Status::Valid) > 0;
        let why =
            if is_sure { "these are the results of a check." } else { "no row was to be sent." };
        say("Nothing was sent:", why.to_owned(), false);
    } else if account.is_none() {
        let why = if is_of_other { OF_ANOTHER } else { NO_ACCOUNT };
        say(
            "Not known:",
            format!(
                "{why}. Which file was sent where, by whom and with what settings is not known here."
            ),
            false,
        );
    }
    notices
}
