//! From a patch to an outcome: rows go to the endpoint, ordered by key, paced and retried.
//!
//! One thread runs everything. The `dispatcher` owns all state and does one thing at a time:
//! take in an answer, send a request, take in new rows. Its gates stand in a fixed order: a row
//! needs its key for itself (`queue`), a token (`session`), a permit (`pacer`: the rate,
//! then the hold), and a slot. A question for records (`asking`) passes the same gates. Whether the run goes
//! on is a matter of `health`.
//!
//! A lock for each key inside a plain pool would let rows that wait for their key fill the
//! pool: here such a row takes no slot, and the dispatcher looks ahead for others.

mod asking;
mod backoff;
mod dispatcher;
mod earlier_rows;
mod entry;
mod health;
mod journal;
mod judge;
mod pacer;
mod queue;
mod resume;
mod session;
#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::erp::{Endpoint, Question};
use crate::model::change::{Expected, Held};
use crate::model::code::OwnCode;
use crate::model::key::Key;
use crate::model::limits::Limits;
use crate::model::outcome::Outcome;
use crate::model::patch::Patch;
use crate::model::row::Place;
use crate::model::stored::Stored;
use crate::model::target::Credentials;
use crate::model::waits::Wait;

pub use earlier_rows::EarlierRows;
pub use journal::{Ending, Endings, Header, Interrupted, Journal, JournalFault, Recorded};
pub use judge::{Judge, Judged, Kept, Known};
pub use pacer::Pacer;
pub use resume::Standing;

/// A row that is to be sent.
#[derive(Clone, Debug)]
pub struct Job {
    /// Where the row stands.
    pub place: Place,
    /// The key of its record.
    pub key: Key,
    /// What to update.
    pub patch: Patch,
    /// What an earlier leg of the run left unknown of the row.
    pub doubt: Option<Doubt>,
    /// What its record must still hold for the row to be sent, where the row says so.
    pub expects: Option<Expected>,
    /// What the fields that are sent held before, where the record was looked at: then the row is judged, and
    /// its record is not asked for again.
    pub before: Option<Vec<Held>>,
    /// What is asked for it, if it stands for no record of its own; it is judged by all that was found.
    pub asks: Option<Box<Question>>,
}

/// Why a row may have been applied before the run was resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The run was cut off when the row may have been sent.
    CutOff,
    /// The row was sent, and never confirmed.
    Unconfirmed(Box<Outcome>),
}

/// What happens while rows are sent.
#[derive(Debug)]
pub enum Event<'a> {
    /// A row has ended, and the record is stored like this, where an update was confirmed. If this cannot be
    /// recorded, the run stops.
    Ended(&'a Job, &'a Outcome, Option<&'a Stored>),
    /// A request for a row, or for what records hold, was answered after so long.
    Answered(Duration),
    /// So much time has passed, and this kept the next request back while it did.
    Waited(Wait, Duration),
    /// The endpoint asked not to be asked for so long.
    Held(Duration),
    /// The endpoint is down; why, and how long it will be waited for.
    Down(&'a str, Duration),
    /// The endpoint answers again.
    Up,
    /// The login met a fault and will be repeated.
    LoginDelayed(&'a str),
}

/// Why the run stopped before all rows were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The code of the rows that were not sent.
    pub code: OwnCode,
    /// What happened, in words.
    pub message: String,
}

/// Sends rows to one endpoint; rate, token and health go on from one file to the next.
pub struct Engine<'e, E> {
    state: dispatcher::State<'e, E>,
}

impl<'e, E: Endpoint> Engine<'e, E> {
    /// An engine that has sent nothing yet. `to_send` is the number of rows to send, of all files; those that
    /// earlier legs of the run have sent are among them.
    pub fn new(
        endpoint: &'e E,
        limits: &'e Limits,
        credentials: &Credentials,
        to_send: u64,
    ) -> Self {
        Self { state: dispatcher::State::new(endpoint, limits, credentials, to_send) }
    }

    /// The same, in a run in which these rows have ended in earlier legs: it stops where it would have if it had
    /// sent them itself.
    #[must_use]
    pub fn after(mut self, earlier: EarlierRows) -> Self {
        self.state.go_on_after(earlier);
        self
    }

    /// The same, by a pace that others may have kept before it.
    #[must_use]
    pub fn paced_by(mut self, pacer: Pacer) -> Self {
        self.state.go_on_with(pacer);
        self
    }

    /// Rows that are best handed over at once: as many as can be sent in a second. `most` is for no limit.
    #[must_use]
    pub fn rows_at_once(&self, most: usize) -> usize {
        self.state.rate().requests_in(Duration::from_secs(1)).map_or(most, |rows| rows.min(most))
    }

    /// Sends the rows of one file, which come in batches in the order of the file, until each
    /// has ended or the run stops. `stops` tells when the run is to stop, and why: requests in
    /// flight are waited for, nothing more is sent. With a judge, the record of each row is looked at first.
    ///
    /// Every row that was taken in is reported as ended; rows that were not taken in when the
    /// run stopped are not reported.
    pub async fn run(
        &mut self,
        jobs: mpsc::Receiver<Vec<Job>>,
        stops: watch::Receiver<Option<Stop>>,
        judge: Option<&mut dyn Judge>,
        observer: &mut dyn FnMut(Event<'_>) -> io::Result<()>,
    ) -> Option<Stop> {
        self.state.run(jobs, stops, judge, observer).await
    }
}
