//! The engine against a scripted endpoint, by a clock that does not wait.

mod looking;
mod sending;
mod stopping;
mod waiting;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use super::{Engine, Event, Job, Judge, Stop};
use crate::erp::{Answer, Endpoint, LoginReply, Question, Reply, Silence, SilenceKind, Updated};
use crate::model::code::OwnCode;
use crate::model::key::Key;
use crate::model::limits::{Backoff, Limits, Rate};
use crate::model::outcome::{Outcome, Status};
use crate::model::patch::{Change, Patch};
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Place;
use crate::model::stored::Stored;
use crate::model::target::Credentials;
use crate::model::waits::Waits;

/// What the endpoint says to the n-th request (from 1) of all, for a record.
type Script = dyn Fn(usize, &Key) -> Reply<Updated>;

/// What the endpoint says to the n-th question (from 1) of all.
type Answers = dyn Fn(usize, &Question) -> Reply<Vec<Stored>>;

struct Scripted {
    latency: Duration,
    script: Box<Script>,
    answers: Box<Answers>,
    questions: RefCell<Vec<String>>,
    requests: RefCell<Vec<(Instant, Key, String)>>,
    busy: RefCell<HashMap<Key, usize>>,
    at_once: Cell<usize>,
    logins: Cell<usize>,
    /// How many updates the token of the n-th login (from 1) is good for.
    token_good_for: fn(usize) -> usize,
    uses: Cell<usize>,
}

impl Scripted {
    fn new(latency_ms: u64, script: impl Fn(usize, &Key) -> Reply<Updated> + 'static) -> Self {
        Self {
            latency: Duration::from_millis(latency_ms),
            script: Box::new(script),
            answers: Box::new(|_, _| Reply::Refused(answer(500))),
            questions: RefCell::default(),
            requests: RefCell::default(),
            busy: RefCell::default(),
            at_once: Cell::new(0),
            logins: Cell::new(0),
            token_good_for: |_| usize::MAX,
            uses: Cell::new(0),
        }
    }

    fn times(&self) -> Vec<Instant> {
        self.requests.borrow().iter().map(|(time, ..)| *time).collect()
    }
}

impl Endpoint for Scripted {
    async fn update(&self, token: &SecretString, patch: &Patch) -> Reply<Updated> {
        let key = patch.key();
        let (_, change) = patch.fields().last().expect("a field to set");
        self.requests.borrow_mut().push((Instant::now(), key.clone(), change.value().to_owned()));
        let number = self.requests.borrow().len();
        *self.busy.borrow_mut().entry(key.clone()).or_default() += 1;
        self.at_once.set(self.at_once.get().max(self.busy.borrow()[&key]));
        self.uses.set(self.uses.get() + 1);
        let is_current = token.expose_secret() == self.logins.get().to_string();
        let is_refused = !is_current || self.uses.get() > (self.token_good_for)(self.logins.get());
        // A refusal costs the endpoint less than an update.
        sleep(if is_refused { self.latency / 2 } else { self.latency }).await;
        *self.busy.borrow_mut().entry(key.clone()).or_default() -= 1;
        if is_refused {
            return Reply::Unauthorized(answer(401));
        }
        (self.script)(number, &key)
    }

    async fn query(&self, _: &SecretString, question: &Question) -> Reply<Vec<Stored>> {
        let words: Vec<_> = question.criteria().map(|(_, text)| text.to_owned()).collect();
        self.questions.borrow_mut().push(words.join(" | "));
        let number = self.questions.borrow().len();
        sleep(self.latency).await;
        (self.answers)(number, question)
    }

    async fn login(&self) -> LoginReply {
        self.uses.set(0);
        self.logins.set(self.logins.get() + 1);
        LoginReply::Token(self.logins.get().to_string().into())
    }

    fn can_login(&self) -> bool {
        true
    }
}

fn answer(status: u16) -> Answer {
    Answer { status, code: None, message: "said so".into() }
}

fn stored() -> Reply<Updated> {
    Reply::Good(Updated { status: 200, ..Updated::default() })
}

fn refused() -> Reply<Updated> {
    Reply::Refused(answer(500))
}

fn busy(retry_after: Option<u64>) -> Reply<Updated> {
    let retry_after = retry_after.map(Duration::from_secs);
    Reply::Transient { answer: answer(429), retry_after, may_have_applied: false }
}

fn silent(kind: SilenceKind) -> Reply<Updated> {
    Reply::Silence(Silence { kind, text: "silence".into() })
}

fn limits(concurrency: usize) -> Limits {
    Limits {
        rate: Rate::Unlimited,
        concurrency,
        retries: 2,
        max_failures: None,
        backoff: Backoff { min: Duration::from_millis(500), max: Duration::from_secs(30) },
        wait_for_endpoint: Duration::from_mins(10),
        retry_codes: Vec::new(),
    }
}

fn job(index: u64, key: &str) -> Job {
    let field = |name| CUSTOMER_CONTACT.field(name).expect("a field");
    let (customer, contact) = key.split_once('/').unwrap_or((key, "C"));
    let mut patch = Patch::default();
    patch.push(field("CUSTOMER_ID"), Change::Set(customer));
    patch.push(field("CUST_CONTACT"), Change::Set(contact));
    patch.push(field("CITY"), Change::Set(&index.to_string()));
    Job {
        place: Place { index, number: index + 2 },
        key: patch.key(),
        patch,
        doubt: None,
        expects: None,
        asks: None,
        before: None,
    }
}

struct Ran {
    endings: HashMap<u64, Outcome>,
    answers: Vec<Duration>,
    waits: Waits,
    stop: Option<Stop>,
}

impl Ran {
    fn statuses(&self) -> Vec<Status> {
        let mut rows: Vec<_> =
            self.endings.iter().map(|(row, outcome)| (*row, outcome.status)).collect();
        rows.sort_unstable();
        rows.into_iter().map(|(_, status)| status).collect()
    }

    fn stop_code(&self) -> Option<OwnCode> {
        self.stop.as_ref().map(|stop| stop.code)
    }
}

async fn run(endpoint: &Scripted, limits: &Limits, keys: impl IntoIterator<Item = String>) -> Ran {
    let (_keep, interrupt) = watch::channel(None);
    run_until(endpoint, limits, keys, interrupt, None).await
}

async fn run_until(
    endpoint: &Scripted,
    limits: &Limits,
    keys: impl IntoIterator<Item = String>,
    interrupt: watch::Receiver<Option<Stop>>,
    judge: Option<&mut dyn Judge>,
) -> Ran {
    let jobs: Vec<Job> = (0..).zip(keys).map(|(index, key)| job(index, &key)).collect();
    let mut engine = Engine::new(endpoint, limits, &credentials(), jobs.len() as u64);
    let (send, receive) = mpsc::channel(1);
    let feed = async move {
        for batch in jobs.chunks(100) {
            if send.send(batch.to_vec()).await.is_err() {
                return;
            }
        }
    };
    let (mut endings, mut answers, mut waits) = (HashMap::new(), Vec::new(), Waits::default());
    let mut observer = |event: Event<'_>| {
        match event {
            Event::Ended(job, outcome, _) => {
                let before = endings.insert(job.place.index, outcome.clone());
                assert!(before.is_none(), "row {} ended twice", job.place.index);
            }
            Event::Answered(time) => answers.push(time),
            Event::Waited(wait, time) => waits.add(wait, time),
            _ => {}
        }
        Ok(())
    };
    let (stop, ()) = tokio::join!(engine.run(receive, interrupt, judge, &mut observer), feed);
    Ran { endings, answers, waits, stop }
}

fn credentials() -> Credentials {
    Credentials::Password { password: "p".into(), token: None }
}

fn keys(count: usize, each: usize) -> Vec<String> {
    (0..count).flat_map(|key| vec![format!("K{key}"); each]).collect()
}
