//! Spans of a run in which nothing was sent because of the endpoint.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldCause {
    /// The endpoint asked not to be asked for a time.
    Asked,
    /// The endpoint was down, and only tried from time to time.
    Down,
}

impl HoldCause {
    /// What happened, in words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Asked => "the endpoint asked to wait",
            Self::Down => "the endpoint did not answer, and was tried from time to time",
        }
    }
}

/// A span in which nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub to: Timestamp,
    /// Why.
    pub why: HoldCause,
}
