//! How rows end, and how the run stops.

use jiff::Timestamp;
use tokio::time::Instant;

use super::Dispatcher;
use crate::engine::entry::{Entry, trail};
use crate::engine::judge::Known;
use crate::engine::{Event, Job, Stop};
use crate::erp::Endpoint;
use crate::erp::retry::{Ending, Trail};
use crate::model::code::OwnCode;
use crate::model::outcome::Outcome;
use crate::model::stored::Stored;

impl<E: Endpoint> Dispatcher<'_, '_, '_, '_, E> {
    /// Ends a row, and lets the next row of its key go, with what is known of the record, or none of them.
    pub(super) fn end(&mut self, entry: &Entry, ending: Ending, known: Option<Known>) {
        let status = ending.status;
        let stored = match &known {
            Some(Known::Found(record)) => Some(record),
            _ => None,
        };
        self.record(&entry.job, &entry.trail, entry.first_sent, ending, stored);
        if status.blocks_key() {
            for job in self.state.queue.finish_and_block(&entry.job) {
                self.not_after_earlier_row(&job);
            }
        } else {
            self.state.queue.finish(&entry.job, known);
        }
        if let Some(why) = self.state.health.ended(status) {
            self.stop(OwnCode::TooManyFailures, &why);
        }
    }

    /// Ends a row that was judged not to be sent, and lets the next row of its key go.
    pub(super) fn end_unsent(&mut self, entry: &Entry, outcome: &Outcome, known: Known) {
        self.tell(Event::Ended(&entry.job, outcome, None));
        self.state.queue.finish(&entry.job, Some(known));
        if let Some(why) = self.state.health.ended_unsent(outcome.status) {
            self.stop(OwnCode::TooManyFailures, &why);
        }
    }

    pub(super) fn not_after_earlier_row(&mut self, job: &Job) {
        let trail = trail(job);
        let ending = trail.abandoned(OwnCode::EarlierRow, OwnCode::EarlierRow.cause());
        self.record(job, &trail, None, ending, None);
    }

    /// Stops the run: rows that wait are not sent (again); requests in flight are waited for.
    /// The first reason stays.
    pub(super) fn stop(&mut self, code: OwnCode, message: &str) {
        if self.stop.is_some() {
            return;
        }
        self.stop = Some(Stop { code, message: message.to_owned() });
        self.jobs.close();
        for entry in self.state.queue.drain() {
            self.record_abandoned(&entry, None);
        }
    }

    /// Ends a row that came back after the run had stopped, or that stopped it; `last` is what was answered.
    pub(super) fn abandon(&mut self, entry: &Entry, last: Option<Ending>) {
        self.record_abandoned(entry, last);
        self.state.queue.finish_and_block(&entry.job);
    }

    fn record_abandoned(&mut self, entry: &Entry, last: Option<Ending>) {
        let Some(stop) = &self.stop else { return };
        let mut ending = entry.trail.abandoned(stop.code, &stop.message);
        ending.http_status = last.and_then(|last| last.http_status).or(ending.http_status);
        self.record(&entry.job, &entry.trail, entry.first_sent, ending, None);
    }

    fn record(
        &mut self,
        job: &Job,
        trail: &Trail,
        first_sent: Option<Instant>,
        ending: Ending,
        stored: Option<&Stored>,
    ) {
        let Ending { status, http_status, code, message, warnings, stored_otherwise } = ending;
        let elapsed = first_sent.map(|sent| sent.elapsed()).unwrap_or_default();
        let outcome = Outcome {
            status,
            http_status,
            code,
            message,
            warnings,
            stored_otherwise,
            attempts: trail.attempts,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            finished_at: (trail.attempts > 0).then(Timestamp::now),
        };
        if let Some(judge) = &mut self.judge {
            judge.ended(job, &outcome, stored);
        }
        self.tell(Event::Ended(job, &outcome, stored));
    }

    pub(super) fn tell(&mut self, event: Event<'_>) {
        if let Err(fault) = (self.observer)(event) {
            self.stop(
                OwnCode::NotRecorded,
                &format!("what became of a row could not be written to disk: {fault}"),
            );
        }
    }
}
