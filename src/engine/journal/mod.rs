//! The account of a run, written while rows are sent, so that it can be continued whatever ends it.
//!
//! Append-only lines of JSON: a first line that says what the run is; a line for each window of rows
//! that may be sent from then on, brought to disk before the first of them goes out; a line for each row
//! that has ended, written before the next row of the same key is sent. A run that looks before it sends has
//! a line for each row that it sends instead of one for each window: what the record held before. Nothing is held in
//! memory but where each row's line begins (9 bytes a row), so that results can be written in row order.

mod read;
#[cfg(test)]
mod tests;
mod write;

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::resume::Entry;
use crate::model::change::Held;
use crate::model::mapped::Mapped;
use crate::model::outcome::Outcome;
use crate::model::row::Place;

pub use read::{Ending, Endings, Interrupted};
pub use write::Journal;

/// Version of the format.
const FORMAT: u32 = 3;

/// What a run is and what it depends on: the first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The run.
    pub run_id: String,
    /// SHA-256 of the rows as read.
    pub rows: String,
    /// Address of the target.
    pub base_url: String,
    /// Data source of the target.
    pub data_source: String,
    /// How the rows become updates.
    pub mapping: Mapped,
}

/// How one row has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Where the row stands.
    pub place: Place,
    /// The values of its key fields.
    pub key: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// What the fields that it changes held before, where the record was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Vec<Held>>,
    /// What these fields and the record's stamps hold since, where that was confirmed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stored: Vec<Held>,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct FirstLine<H> {
    format: u32,
    #[serde(flatten)]
    header: H,
}

/// Every other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The rows below this index may be sent from now on.
    Released(u64),
    /// A row may be sent from now on, with these fields, which hold this.
    Begun {
        /// Its index.
        row: u64,
        /// The fields.
        before: Vec<Held>,
    },
    /// A row has ended.
    Ended(Recorded),
    /// The run is resumed; the id of the leg.
    Resumed(String),
    /// The leg came to an orderly end.
    Closed,
}

impl Line {
    /// What the line tells, of which the text begins at `at`.
    fn entry(&self, at: u64) -> Entry {
        match self {
            Self::Released(rows) => Entry::Released(*rows),
            Self::Begun { row, .. } => Entry::Begun { row: *row, at },
            Self::Ended(Recorded { place, outcome, .. }) => {
                Entry::Ended { row: place.index, at, is_final: !outcome.status.blocks_key() }
            }
            Self::Resumed(_) => Entry::Resumed { at },
            Self::Closed => Entry::Closed,
        }
    }
}

/// Why the account cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: the record of what became of the rows cannot be {doing}: {fault}")]
pub struct JournalFault {
    path: String,
    doing: &'static str,
    fault: io::Error,
}

impl JournalFault {
    fn new(path: &Path, doing: &'static str, fault: io::Error) -> Self {
        Self { path: path.display().to_string(), doing, fault }
    }
}
