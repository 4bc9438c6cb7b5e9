//! Looking before sending: questions out, records in, and what is decided of their rows.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use tokio::time::Instant;

use super::{Arrival, Dispatcher};
use crate::engine::entry::Entry;
use crate::engine::judge::{Judged, Known};
use crate::engine::session::Token;
use crate::erp::retry::Next;
use crate::erp::{Endpoint, Question, Reply};
use crate::model::code::OwnCode;
use crate::model::key::Key;
use crate::model::stored::Stored;

/// The HTTP status with which the endpoint may say that there is no such record.
const NONE_FOUND: u16 = 500;

impl<E: Endpoint> Dispatcher<'_, '_, '_, '_, E> {
    /// Whether a question is to be asked now. Not before all rows that are looked ahead are there: then one
    /// question is for as many of them as can be.
    pub(super) fn may_ask(&self) -> bool {
        let queue = &self.state.queue;
        queue.has_unasked() && (self.no_more_jobs || !queue.has_room())
    }

    /// Asks for the records of the next rows.
    pub(super) fn ask(&mut self, token: Token) {
        let entries = self.state.queue.pop_unasked();
        let own = entries.first().and_then(|entry| entry.job.asks.as_deref().cloned());
        let question = own.unwrap_or_else(|| {
            Question::about(&entries.iter().map(|entry| &entry.job.patch).collect::<Vec<_>>())
        });
        let endpoint = self.state.endpoint;
        self.in_flight.push(Box::pin(async move {
            let asked = Instant::now();
            let reply = endpoint.query(&token.secret, &question).await;
            Arrival::Records { entries, question, token, reply, took: asked.elapsed() }
        }));
    }

    /// Takes in the answer to a question: what it says of the endpoint first, then what it means for the rows.
    pub(super) fn take_in_records(
        &mut self,
        entries: Vec<Entry>,
        question: &Question,
        token: &Token,
        reply: Reply<Vec<Stored>>,
    ) {
        self.judge_endpoint(&reply);
        match reply.good() {
            Ok(records) => {
                self.state.health.found();
                self.state.session.confirmed();
                if entries.iter().any(|entry| entry.job.asks.is_some()) {
                    let all = Arc::new(records);
                    for entry in entries {
                        self.know(entry, Known::Answer(Arc::clone(&all)));
                    }
                    return;
                }
                // An answer counts for the record with exactly the key that was asked for, and for no other.
                let mut by_key: HashMap<Key, Stored> =
                    records.into_iter().map(|record| (record.key(), record)).collect();
                for entry in entries {
                    let record = by_key.remove(&entry.job.key);
                    let known = record.map_or_else(|| absent(question, ""), Known::Found);
                    self.know(entry, known);
                }
            }
            Err(reply) => self.without_records(entries, question, token, &reply),
        }
    }

    fn without_records(
        &mut self,
        entries: Vec<Entry>,
        question: &Question,
        token: &Token,
        reply: &Reply<Infallible>,
    ) {
        let retry_after = reply.retry_after();
        let are_many = entries.len() > 1;
        let policy = self.policy(false);
        let due = entries.first().map(|entry| self.due_again(&entry.trail, retry_after));
        for mut entry in entries {
            match (entry.trail.next(reply.clone(), policy), reply) {
                (Next::Good(never), _) => match never {},
                (Next::Again, _) => self.again(entry, due.unwrap_or_else(Instant::now)),
                (Next::NewToken, _) => self.with_new_token(entry, token),
                (Next::ProxyLogin(ending), _) => self.proxy_login(&entry, ending),
                (Next::End(_) | Next::SuspectAddress(_), _) if are_many => {
                    // One of them may be to blame.
                    entry.alone = true;
                    self.again(entry, Instant::now());
                }
                (Next::End(_), Reply::Refused(answer)) if answer.status == NONE_FOUND => {
                    self.know(entry, absent(question, &answer.message));
                }
                (Next::End(ending), _) => self.end(&entry, ending, None),
                (Next::SuspectAddress(ending), _) => {
                    let suspects = "the address or the rights to ask for what a record holds";
                    self.suspect_address(&entry, ending, suspects);
                }
            }
        }
    }

    fn know(&mut self, mut entry: Entry, known: Known) {
        if self.stop.is_some() {
            return self.abandon(&entry, None);
        }
        entry.begin_anew();
        self.state.queue.know(entry, known);
    }

    /// Lets the judge decide of all rows whose records are known.
    pub(super) fn judge_known(&mut self) {
        let mut to_send = Vec::new();
        while let Some((mut entry, known)) = self.state.queue.pop_known() {
            let Some(judge) = &mut self.judge else { return };
            let size = entry.job.patch.size();
            let judged = judge.judge(&mut entry.job, &known);
            self.state.queue.resized(size, entry.job.patch.size());
            match judged {
                Ok(Judged::Send) => to_send.push(entry),
                Ok(Judged::End(outcome)) => self.end_unsent(&entry, &outcome, known),
                Err(fault) => {
                    self.not_recorded(&fault);
                    self.abandon(&entry, None);
                }
            }
        }
        if let Some(judge) = self.judge.as_mut().filter(|_| !to_send.is_empty()) {
            let kept = judge.keep();
            self.keeping.push(Box::pin(async move { (to_send, kept.await) }));
        }
    }

    /// Makes rows ready of which all that must be remembered is on disk.
    pub(super) fn kept(&mut self, entries: Vec<Entry>, kept: io::Result<()>) {
        if let Err(fault) = kept {
            self.not_recorded(&fault);
        }
        for entry in entries {
            if self.stop.is_some() {
                self.abandon(&entry, None);
            } else {
                self.state.queue.judged(entry);
            }
        }
    }

    fn not_recorded(&mut self, fault: &io::Error) {
        self.stop(
            OwnCode::NotRecorded,
            &format!("what a record held could not be written to disk: {fault}"),
        );
    }
}

/// What is known of a record that was asked for and is not in the answer.
fn absent(question: &Question, said: &str) -> Known {
    if question.proves_absence() { Known::Absent(said.to_owned()) } else { Known::NotAskable }
}
