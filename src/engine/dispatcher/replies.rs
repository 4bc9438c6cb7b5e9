//! Answers in: what a reply says of the endpoint, and what it means for its row.

use std::time::Duration;

use tokio::time::Instant;

use super::Dispatcher;
use crate::engine::entry::Entry;
use crate::engine::health::Transient;
use crate::engine::judge::Known;
use crate::engine::session::{Refused, Token};
use crate::engine::{Event, backoff};
use crate::erp::retry::{Ending, Next, Policy, Trail};
use crate::erp::{Endpoint, LoginReply, Reply, Silence, Updated};
use crate::model::code::OwnCode;

impl<'e, E: Endpoint> Dispatcher<'_, 'e, '_, '_, E> {
    /// Takes in a row's reply: what it says of the endpoint first, then what it means for the row.
    pub(super) fn take_in(&mut self, mut entry: Entry, token: &Token, reply: Reply<Updated>) {
        self.judge_endpoint(&reply);
        let retry_after = reply.retry_after();
        match entry.trail.next(reply, self.policy(true)) {
            Next::Good(mut updated) => {
                self.state.health.confirmed();
                self.state.session.confirmed();
                updated.knowing(&entry.job.patch, entry.job.before.as_deref().unwrap_or_default());
                let ending = Ending::from(&updated);
                self.end(&entry, ending, Some(Known::Found(updated.record)));
            }
            Next::End(ending) => self.end(&entry, ending, None),
            Next::Again => {
                let due = self.due_again(&entry.trail, retry_after);
                self.again(entry, due);
            }
            Next::NewToken => self.with_new_token(entry, token),
            Next::SuspectAddress(ending) => {
                self.suspect_address(&entry, ending, "the address or the rights");
            }
            Next::ProxyLogin(ending) => self.proxy_login(&entry, ending),
        }
    }

    /// How often a row is sent again, or its record asked for again; `applies` says which of the two.
    pub(super) fn policy(&self, applies: bool) -> Policy<'e> {
        Policy {
            retries: self.state.limits.retries,
            retry_codes: &self.state.limits.retry_codes,
            counted: self.state.health.counts_retries(),
            applies,
        }
    }

    pub(super) fn judge_endpoint<A>(&mut self, reply: &Reply<A>) {
        match reply {
            Reply::Transient { answer, retry_after, .. } => {
                self.hold(*retry_after);
                self.note_transient(&format!("HTTP {} {}", answer.status, answer.message), false);
            }
            Reply::Silence(silence) => self.note_silence(silence),
            _ => self.note_answer(),
        }
    }

    fn hold(&mut self, retry_after: Option<Duration>) {
        if let Some(wait) = retry_after.and_then(|wait| self.state.pacer.hold(wait)) {
            self.tell(Event::Held(wait));
        }
    }

    fn note_answer(&mut self) {
        if self.state.health.answered() {
            self.tell(Event::Up);
        }
    }

    fn note_silence(&mut self, silence: &Silence) {
        if silence.kind.may_pass() {
            self.note_transient(&silence.text, false);
        } else {
            self.stop(OwnCode::Address, &silence.text);
        }
    }

    fn note_transient(&mut self, why: &str, is_login: bool) {
        match self.state.health.transient(Instant::now(), self.state.limits, is_login) {
            Transient::Passing | Transient::StillDown => {}
            Transient::WentDown(wait) => self.tell(Event::Down(why, wait)),
            Transient::Gone => {
                self.stop(
                    OwnCode::EndpointDown,
                    &format!("the endpoint did not come back in time: {why}"),
                );
            }
        }
    }

    /// When a row may be sent again.
    pub(super) fn due_again(&self, trail: &Trail, retry_after: Option<Duration>) -> Instant {
        let now = Instant::now();
        match (self.state.health.next_probe(), retry_after) {
            (Some(probe), _) => probe,
            // The hold keeps it back, with all others.
            (None, Some(_)) => now,
            (None, None) => {
                now + backoff::jittered(self.state.limits.backoff, trail.spent.saturating_sub(1))
            }
        }
    }

    pub(super) fn again(&mut self, entry: Entry, due: Instant) {
        if self.stop.is_some() {
            return self.abandon(&entry, None);
        }
        self.state.queue.wait(entry, due);
    }

    pub(super) fn proxy_login(&mut self, entry: &Entry, ending: Ending) {
        self.stop(
            OwnCode::Address,
            &format!("a proxy on the way wants a login: {}", ending.message),
        );
        self.abandon(entry, Some(ending));
    }

    pub(super) fn with_new_token(&mut self, entry: Entry, token: &Token) {
        let can_login = self.state.endpoint.can_login();
        if self.state.session.refused(token, can_login) == Refused::Last {
            let text = "the token was refused, and there is no password to get a new one";
            self.stop(OwnCode::Login, text);
        }
        self.again(entry, Instant::now());
    }

    /// Stops once nothing that is on its way can show that the last token was good for anything.
    pub(super) fn judge_doubted_token(&mut self) {
        if self.in_flight.is_empty() && self.stop.is_none() && self.state.session.is_doubted() {
            self.stop(OwnCode::Login, "two new tokens in a row were refused");
        }
    }

    /// Ends a row for which `suspects` may be to blame, or stops.
    pub(super) fn suspect_address(&mut self, entry: &Entry, ending: Ending, suspects: &str) {
        if !self.state.health.suspect(&entry.job.key) {
            return self.end(entry, ending, None);
        }
        let status = ending.http_status.unwrap_or_default();
        self.stop(
            OwnCode::Address,
            &format!("{suspects} seem to be wrong (HTTP {status} {})", ending.message),
        );
        self.abandon(entry, Some(ending));
    }

    pub(super) fn logged_in(&mut self, reply: LoginReply) {
        let (why, retry_after) = match reply {
            LoginReply::Token(token) => {
                self.note_answer();
                return self.state.session.renewed(token);
            }
            LoginReply::Refused(answer) => {
                return self.stop(
                    OwnCode::Login,
                    &format!("the login was refused (HTTP {}): {}", answer.status, answer.message),
                );
            }
            LoginReply::WrongAddress(answer) => {
                let text = format!(
                    "the login met HTTP {}, so that the address seems to be wrong: {}",
                    answer.status, answer.message
                );
                return self.stop(OwnCode::Address, &text);
            }
            LoginReply::Transient { answer, retry_after } => {
                (format!("HTTP {} {}", answer.status, answer.message), retry_after)
            }
            LoginReply::Silence(silence) if !silence.kind.may_pass() => {
                return self.note_silence(&silence);
            }
            LoginReply::Silence(silence) => (silence.text, None),
        };
        self.hold(retry_after);
        self.note_transient(&why, true);
        self.tell(Event::LoginDelayed(&why));
        let limits = self.state.limits;
        self.state
            .session
            .repeat_after(|faults| Instant::now() + backoff::jittered(limits.backoff, faults));
    }
}
