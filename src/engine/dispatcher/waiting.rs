//! Where the time goes: how long answers took, and what kept the next request back.

use std::time::Duration;

use tokio::time::Instant;

use super::Dispatcher;
use crate::engine::Event;
use crate::erp::{Endpoint, Reply};
use crate::model::limits::Rate;
use crate::model::waits::Wait;

impl<E: Endpoint> Dispatcher<'_, '_, '_, '_, E> {
    /// Tells what the time since the last look went to, and looks what keeps the next request back now.
    pub(super) fn note_waiting(&mut self, now: Instant) {
        let waits_for = self.waits_for();
        let (wait, since) = std::mem::replace(&mut self.waiting, (waits_for, now));
        self.tell(Event::Waited(wait, now - since));
    }

    /// Tells how long an answer took; silence is none.
    pub(super) fn tell_answer<A>(&mut self, reply: &Reply<A>, took: Duration) {
        if !matches!(reply, Reply::Silence(_)) {
            self.tell(Event::Answered(took));
        }
    }

    /// The first of the gates at which the next request stands, as a person could open it: a hold
    /// stops all, and neither more slots nor a higher rate help while there is no row to send.
    fn waits_for(&self) -> Wait {
        let state = &*self.state;
        if self.stop.is_some() {
            Wait::Answers
        } else if state.pacer.is_held() || state.health.next_probe().is_some() {
            Wait::Hold
        } else if !state.queue.has_ready() && !self.may_ask() {
            self.waits_for_row()
        } else if state.session.token().is_none() {
            Wait::Login
        } else if self.in_flight.len() >= state.limits.concurrency {
            Wait::Concurrency
        } else if state.limits.rate == Rate::Unlimited {
            Wait::Machine
        } else {
            Wait::Rate
        }
    }

    fn waits_for_row(&self) -> Wait {
        let queue = &self.state.queue;
        if !self.no_more_jobs && queue.has_room() {
            Wait::Reading
        } else if queue.has_parked() {
            Wait::KeyOrder
        } else if queue.next_due().is_some() {
            Wait::Retry
        } else if self.in_flight.is_empty() {
            Wait::Machine
        } else {
            Wait::Answers
        }
    }
}
