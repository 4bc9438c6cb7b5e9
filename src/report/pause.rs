//! What keeps a run from sending for a while, as far as it is known beforehand.

use std::time::Instant;

use super::sending::seconds;

/// What a run waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pause {
    /// The endpoint asked not to be asked before then.
    Asked(Instant),
    /// The endpoint is down: why, and when it will be given up.
    Down(String, Instant),
    /// The login met a fault, and is tried again.
    Login(String),
}

impl Pause {
    /// Whether it is over, though nobody said so.
    pub(super) fn is_over(&self, now: Instant, is_answered: bool) -> bool {
        match self {
            Self::Asked(until) => *until <= now,
            Self::Down(..) => false,
            Self::Login(_) => is_answered,
        }
    }

    /// What is waited for, and how long at most, in words.
    pub(super) fn text(&self, now: Instant) -> String {
        let until = |until: &Instant| seconds(until.saturating_duration_since(now));
        match self {
            Self::Asked(end) => format!("held for {}: the endpoint asked to wait", until(end)),
            Self::Down(why, end) => {
                format!("waiting for the endpoint, for up to {}: {why}", until(end))
            }
            Self::Login(why) => format!("waiting for the login: {why}"),
        }
    }
}
