//! The account of a run for machines and auditors, as JSON: what was sent where, from what, and how it ended.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::milliseconds::{Milliseconds, milliseconds};
use super::output::{Output, OutputFault, Placed, Replace};
use super::sending::Sending;
use crate::model::hold::Hold;
use crate::model::limits::Limits;
use crate::model::mapped::Mapped;
use crate::model::otherwise::Otherwise;
use crate::model::outcome::Status;
use crate::model::tally::Tally;
use crate::model::target::{Target, books};
use crate::model::times::Times;
use crate::model::waits::Wait;

/// Version of the format. A field may be added without a new one; none is taken away or changed.
const FORMAT: u32 = 1;

/// The account of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Version of the format.
    format: u32,
    /// The run, or the last leg of one that was resumed.
    pub run_id: String,
    /// Version of rowpatch.
    pub(super) rowpatch: String,
    /// User of the operating system, where known.
    pub(super) os_user: Option<String>,
    /// Where the rows went.
    pub(super) target: Receiver,
    /// Where they came from.
    pub input: Source,
    /// How they became updates.
    pub mapping: Mapped,
    /// How fast and how often.
    pub(super) settings: Pace,
    /// What became of them.
    pub(super) rows: Counts,
    /// Milliseconds from the first request of a row to its end, over all rows that were sent.
    pub(super) row_ms: Milliseconds,
    /// Milliseconds in which the endpoint answered, retries and their answers included; of the last leg.
    #[serde(default)]
    pub(super) answer_ms: Milliseconds,
    /// Milliseconds that each thing was waited for while rows were sent; of the last leg.
    #[serde(default)]
    pub(super) waited_ms: BTreeMap<Wait, u64>,
    /// When nothing was sent because the endpoint asked to wait or was down; of the last leg.
    #[serde(default)]
    pub(super) holds: Vec<Hold>,
    /// Such spans beyond those.
    #[serde(default)]
    pub(super) more_holds: u64,
    /// When the run, or its last leg, began.
    pub(super) begun_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Why it stopped early; nothing if it did not.
    pub(super) stopped: Option<String>,
    /// Rows that `--resume` would send.
    pub(super) left_to_do: u64,
    /// The exit code that the file earned.
    exit_code: u8,
}

/// Where rows went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Receiver {
    pub(super) name: String,
    pub(super) base_url: String,
    pub(super) data_source: String,
    pub(super) user_name: String,
}

/// Where rows came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The file as it was named.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// SHA-256 of the rows as read, and not of the file: a workbook saved again may have the same.
    pub sha256_of_rows: String,
    /// Rows that are not blank.
    pub rows: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pace {
    pub(super) rate: String,
    pub(super) concurrency: usize,
    pub(super) retries: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) by_status: BTreeMap<String, u64>,
    pub(super) by_code: BTreeMap<String, u64>,
    /// By field, how many values were stored otherwise than they were sent, and how.
    #[serde(default)]
    pub(super) stored_otherwise: BTreeMap<String, BTreeMap<Otherwise, u64>>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug)]
pub struct End<'a> {
    /// What became of the rows.
    pub tally: &'a Tally,
    /// How long they took, from the first request of each to its end.
    pub times: &'a Times,
    /// How the sending went.
    pub sending: &'a Sending,
    /// When the run began.
    pub begun_at: Timestamp,
    /// Why it stopped early, if it did.
    pub stopped: Option<&'a str>,
    /// Rows that are left to do.
    pub left_to_do: u64,
    /// The exit code that the file earned.
    pub exit_code: u8,
}

impl Account {
    /// The account of a run that has just ended.
    #[must_use]
    pub fn new(
        run_id: &str,
        input: Source,
        mapping: Mapped,
        (target, limits): (&Target, &Limits),
        end: &End<'_>,
    ) -> Self {
        let statuses = Status::ALL.iter().map(|status| (*status, end.tally.rows(*status)));
        let by_status = statuses.filter(|(_, rows)| *rows > 0);
        let codes = end.tally.codes().into_iter();
        let otherwise = end.tally.stored_otherwise().fields();
        let waits = end.sending.waits().longest().into_iter();
        let ended_at = Timestamp::now();
        let (holds, more_holds) = end.sending.holds(ended_at);
        Self {
            format: FORMAT,
            run_id: run_id.to_owned(),
            rowpatch: env!("CARGO_PKG_VERSION").to_owned(),
            os_user: ["LOGNAME", "USER", "USERNAME"]
                .into_iter()
                .find_map(|name| std::env::var(name).ok()),
            target: Receiver {
                name: target.name.clone(),
                base_url: target.base_url.clone(),
                data_source: target.data_source.clone(),
                user_name: target.user_name.clone(),
            },
            input,
            mapping,
            settings: Pace {
                rate: limits.rate.to_string(),
                concurrency: limits.concurrency,
                retries: limits.retries,
            },
            rows: Counts {
                by_status: by_status.map(|(status, rows)| (status.to_string(), rows)).collect(),
                by_code: codes.map(|(code, count)| (code.to_string(), count.rows)).collect(),
                stored_otherwise: otherwise
                    .map(|(field, counts)| (field.to_owned(), counts.by_kind().clone()))
                    .collect(),
            },
            row_ms: Milliseconds::of(end.times.percentiles()),
            answer_ms: Milliseconds::of(end.sending.answers()),
            waited_ms: waits.map(|(wait, time)| (wait, milliseconds(time))).collect(),
            holds,
            more_holds,
            begun_at: end.begun_at,
            ended_at,
            stopped: end.stopped.map(str::to_owned),
            left_to_do: end.left_to_do,
            exit_code: end.exit_code,
        }
    }

    /// Writes the account at `path`.
    ///
    /// # Errors
    /// It cannot be written there, nor beside.
    pub fn write(&self, path: &Path, replace: Replace) -> Result<Placed, OutputFault> {
        let mut output = Output::create(path, replace)?;
        let written = serde_json::to_writer_pretty(&mut output, self).map_err(io::Error::from);
        written
            .and_then(|()| output.write_all(b"\n"))
            .map_err(|fault| OutputFault::new(path, "cannot be written to its end", fault))?;
        output.finish()
    }

    /// Reads the account at `path`; nothing if there is none, or none of this format.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(path).ok()?;
        serde_json::from_str(&text).ok().filter(|account: &Self| account.format == FORMAT)
    }

    /// The SHA-256 of the rows, if they went to this target.
    #[must_use]
    pub fn rows_sent_to(&self, target: &Target) -> Option<&str> {
        (self.books() == target.books()).then_some(self.input.sha256_of_rows.as_str())
    }

    /// Whose records the rows went to.
    #[must_use]
    pub fn books(&self) -> String {
        books(&self.target.data_source, &self.target.base_url)
    }

    /// The exit code of the run, if it left nothing to do.
    #[must_use]
    pub fn finished(&self) -> Option<u8> {
        (self.left_to_do == 0).then_some(self.exit_code)
    }

    /// Whether no row passed the checks, so that none can have been sent.
    #[must_use]
    pub fn is_all_invalid(&self) -> bool {
        self.rows.by_status.keys().all(|status| status == Status::Invalid.as_str())
    }
}
