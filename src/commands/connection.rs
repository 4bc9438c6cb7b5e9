//! The way to the endpoint, for every command that goes it: who asks, where, and how fast.

use std::cell::RefCell;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::blocking::unless_interrupted;
use super::confirm::{Person, credentials};
use super::interrupt::Interrupt;
use super::lock::Lock;
use super::tell;
use crate::config::{Config, Destination};
use crate::engine::{Engine, Pacer};
use crate::erp::ErpEndpoint;
use crate::model::limits::{Limits, MaxFailures};
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::target::{Credentials, Target};
use crate::report::{Doing, Progress};

/// How the id of a run begins: the time in UTC at which it was made.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// An open way to the endpoint.
pub(super) struct Connection {
    /// Tells this use of it from all others; goes with every request.
    pub(super) id: String,
    /// Where it leads.
    pub(super) target: Target,
    /// How fast and how long.
    pub(super) limits: Limits,
    /// Nothing is told but faults.
    pub(super) quiet: bool,
    endpoint: ErpEndpoint,
    credentials: Credentials,
    pacer: Pacer,
    /// Keeps other runs away from the target.
    _lock: Option<Lock>,
}

impl Connection {
    /// Opens the way to a destination. What it is used for goes with every request, so that the server's log can
    /// be laid beside the results.
    ///
    /// # Errors
    /// There is no password and nobody to ask for it, or the target's certificates cannot be read.
    pub(super) fn open(
        used_for: &str,
        destination: Destination,
        person: Person,
        quiet: bool,
        lock: Option<Lock>,
    ) -> anyhow::Result<Self> {
        let Destination { target, limits, secrets } = destination;
        let credentials = credentials(secrets, &target.user_name, person)?;
        let id = run_id();
        let agent = format!("rowpatch/{} ({used_for} {id})", env!("CARGO_PKG_VERSION"));
        let in_flight = limits.concurrency;
        let endpoint =
            ErpEndpoint::new(&target, &credentials, &CUSTOMER_CONTACT, in_flight, &agent)?;
        let pacer = Pacer::new(limits.rate);
        Ok(Self { id, target, limits, quiet, endpoint, credentials, pacer, _lock: lock })
    }

    /// The same, at the pace of what goes to the target before and after it.
    pub(super) fn paced_by(self, pacer: Pacer) -> Self {
        Self { pacer, ..self }
    }

    /// The same for a command that is there to find out which rows name a record: those that name none do not
    /// end it.
    pub(super) fn for_looking(mut self) -> Self {
        self.limits.max_failures = Some(MaxFailures::Rows(u64::MAX));
        self
    }

    /// What sends so many rows.
    pub(super) fn engine(&self, rows: u64) -> Engine<'_, ErpEndpoint> {
        Engine::new(&self.endpoint, &self.limits, &self.credentials, rows)
            .paced_by(self.pacer.clone())
    }

    /// What shows how far so many rows have come.
    pub(super) fn progress(&self, rows: u64, doing: Doing) -> RefCell<Progress> {
        let audience = tell::audience(self.quiet);
        RefCell::new(Progress::start(rows, self.limits.rate, doing, audience))
    }
}

/// Where rows are sent to; nothing if the run was interrupted while a program was to give the password.
///
/// # Errors
/// No target was chosen, or it is not complete; a secret cannot be had.
pub(super) async fn destination(
    config: &Config,
    interrupt: &Interrupt,
) -> anyhow::Result<Option<Destination>> {
    let config = config.clone();
    Ok(unless_interrupted(interrupt, move || config.destination()).await.transpose()?)
}

/// Time and chance: runs can be told apart, and sorted.
pub(super) fn run_id() -> String {
    format!("{}-{:06x}", Timestamp::now().strftime(STAMP), fastrand::u32(..1 << 24))
}

/// When such an id was made; nothing if a text does not begin with one.
pub(super) fn begun_at(id: &str) -> Option<Timestamp> {
    let stamp = DateTime::strptime(STAMP, id.split_once('-')?.0).ok()?;
    Some(stamp.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}
