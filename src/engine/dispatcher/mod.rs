//! The loop that owns all state: answers in, requests out, rows in.

mod endings;
mod looking;
mod replies;
mod waiting;

use std::io;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::earlier_rows::EarlierRows;
use super::entry::Entry;
use super::health::Health;
use super::judge::Judge;
use super::pacer::Pacer;
use super::queue::Queue;
use super::session::{Session, Token};
use super::{Event, Job, Stop};
use crate::erp::{Endpoint, LoginReply, Question, Reply, Updated};
use crate::model::code::OwnCode;
use crate::model::limits::{Limits, Rate};
use crate::model::stored::Stored;
use crate::model::target::Credentials;
use crate::model::waits::Wait;

/// What lasts from one file to the next.
pub(super) struct State<'e, E> {
    endpoint: &'e E,
    limits: &'e Limits,
    queue: Queue,
    pacer: Pacer,
    session: Session,
    health: Health,
}

/// What is told of each event; a row's ending that cannot be recorded stops the run.
type Observer<'o> = &'o mut dyn FnMut(Event<'_>) -> io::Result<()>;

/// The sending of one file.
struct Dispatcher<'s, 'e, 'j, 'o, E> {
    state: &'s mut State<'e, E>,
    judge: Option<&'j mut dyn Judge>,
    observer: Observer<'o>,
    jobs: mpsc::Receiver<Vec<Job>>,
    no_more_jobs: bool,
    in_flight: FuturesUnordered<LocalBoxFuture<'e, Arrival>>,
    /// Rows that were judged to be sent, until what must be remembered of them is on disk.
    keeping: FuturesUnordered<LocalBoxFuture<'e, (Vec<Entry>, io::Result<()>)>>,
    stop: Option<Stop>,
    /// What keeps the next request back, and since when that was last looked at.
    waiting: (Wait, Instant),
}

/// What comes back.
#[expect(clippy::large_enum_variant, reason = "nearly every arrival is a row")]
enum Arrival {
    Row {
        entry: Entry,
        token: Token,
        reply: Reply<Updated>,
        took: Duration,
    },
    Records {
        entries: Vec<Entry>,
        question: Question,
        token: Token,
        reply: Reply<Vec<Stored>>,
        took: Duration,
    },
    Login(LoginReply),
}

impl<'e, E: Endpoint> State<'e, E> {
    pub(super) fn new(
        endpoint: &'e E,
        limits: &'e Limits,
        credentials: &Credentials,
        to_send: u64,
    ) -> Self {
        Self {
            endpoint,
            limits,
            queue: Queue::new(limits.concurrency, limits.rate),
            pacer: Pacer::new(limits.rate),
            session: Session::new(credentials),
            health: Health::new(limits, to_send),
        }
    }

    pub(super) fn rate(&self) -> Rate {
        self.limits.rate
    }

    pub(super) fn go_on_after(&mut self, earlier: EarlierRows) {
        self.health.go_on_after(earlier);
    }

    pub(super) fn go_on_with(&mut self, pacer: Pacer) {
        self.pacer = pacer;
    }

    pub(super) async fn run(
        &mut self,
        jobs: mpsc::Receiver<Vec<Job>>,
        mut stops: watch::Receiver<Option<Stop>>,
        judge: Option<&mut dyn Judge>,
        observer: Observer<'_>,
    ) -> Option<Stop> {
        self.queue.look(judge.is_some());
        let mut dispatcher = Dispatcher {
            state: self,
            judge,
            observer,
            jobs,
            no_more_jobs: false,
            in_flight: FuturesUnordered::new(),
            keeping: FuturesUnordered::new(),
            stop: None,
            waiting: (Wait::Reading, Instant::now()),
        };
        if let Some(why) = dispatcher.state.health.refuses() {
            dispatcher.stop(OwnCode::TooManyFailures, &why);
        }
        loop {
            dispatcher.judge_doubted_token();
            // Rows that end here may be the last.
            dispatcher.judge_known();
            if dispatcher.is_done() {
                dispatcher.note_waiting(Instant::now());
                return dispatcher.stop;
            }
            dispatcher.step(&mut stops).await;
        }
    }
}

impl<E: Endpoint> Dispatcher<'_, '_, '_, '_, E> {
    /// Does the one thing that comes first: what has happened before what could be begun.
    async fn step(&mut self, stops: &mut watch::Receiver<Option<Stop>>) {
        let now = Instant::now();
        self.state.queue.release_due(now);
        let wake = self.next_wake(now);
        self.note_waiting(now);
        let running = self.stop.is_none();
        tokio::select! {
            biased;
            Some(Stop { code, message }) = asked_to(stops), if running => self.stop(code, &message),
            Some(arrival) = self.in_flight.next() => match arrival {
                Arrival::Row { entry, token, reply, took } => {
                    self.tell_answer(&reply, took);
                    self.take_in(entry, &token, reply);
                }
                Arrival::Records { entries, question, token, reply, took } => {
                    self.tell_answer(&reply, took);
                    self.take_in_records(entries, &question, &token, reply);
                }
                Arrival::Login(reply) => self.logged_in(reply),
            },
            Some((entries, kept)) = self.keeping.next() => self.kept(entries, kept),
            () = self.state.pacer.permit(), if running && self.has_something_to_send(now) => self.send(),
            batch = self.jobs.recv(), if running && !self.no_more_jobs && self.state.queue.has_room() => {
                self.admit(batch);
            }
            () = sleep_until(wake.unwrap_or(now)), if running && wake.is_some() => {}
            else => {}
        }
    }

    fn is_done(&self) -> bool {
        self.in_flight.is_empty()
            && self.keeping.is_empty()
            && (self.stop.is_some() || self.no_more_jobs && self.state.queue.is_empty())
    }

    fn has_something_to_send(&self, now: Instant) -> bool {
        let health = &self.state.health;
        let slots = health.slots(self.state.limits.concurrency);
        if self.in_flight.len() >= slots || health.next_probe().is_some_and(|probe| now < probe) {
            return false;
        }
        let has_row = self.state.queue.has_ready();
        (has_row || self.may_ask())
            && (self.state.session.token().is_some() || self.state.session.wants_login(now))
    }

    /// When there may be something to send that there is not now.
    fn next_wake(&self, now: Instant) -> Option<Instant> {
        let state = &self.state;
        let times = [state.queue.next_due(), state.session.next_login(), state.health.next_probe()];
        times.into_iter().flatten().filter(|time| *time > now).min()
    }

    /// Sends the login that is wanted, or else the next row, or else the next question; the permit was given.
    fn send(&mut self) {
        let endpoint = self.state.endpoint;
        let Some(token) = self.state.session.token() else {
            self.state.session.asking();
            self.in_flight.push(Box::pin(async move { Arrival::Login(endpoint.login().await) }));
            return;
        };
        let Some(mut entry) = self.state.queue.pop_ready() else {
            return self.ask(token);
        };
        entry.trail.attempts += 1;
        entry.first_sent.get_or_insert_with(Instant::now);
        self.in_flight.push(Box::pin(async move {
            let sent = Instant::now();
            let reply = endpoint.update(&token.secret, &entry.job.patch).await;
            Arrival::Row { entry, token, reply, took: sent.elapsed() }
        }));
    }

    fn admit(&mut self, batch: Option<Vec<Job>>) {
        let Some(batch) = batch else {
            self.no_more_jobs = true;
            return;
        };
        for job in batch {
            if let Some(job) = self.state.queue.admit(job) {
                self.not_after_earlier_row(&job);
            }
        }
    }
}

/// Waits until the run is to stop; nothing if nobody is left who could ask.
async fn asked_to(stops: &mut watch::Receiver<Option<Stop>>) -> Option<Stop> {
    stops.wait_for(Option::is_some).await.ok()?.clone()
}
