//! The engine against a scripted endpoint, by a clock that does not wait.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use super::{Engine, Event, Job, Stop};
use crate::erp::{Answer, Endpoint, LoginReply, Reply, Silence, SilenceKind};
use crate::model::code::OwnCode;
use crate::model::key::Key;
use crate::model::limits::{Backoff, Limits, Rate};
use crate::model::outcome::{Outcome, Status};
use crate::model::patch::{Change, Patch};
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Place;
use crate::model::target::Credentials;

/// What the endpoint says to the n-th request (from 1) of all, for a record.
type Script = dyn Fn(usize, &Key) -> Reply;

struct Scripted {
    latency: Duration,
    script: Box<Script>,
    requests: RefCell<Vec<(Instant, Key, String)>>,
    busy: RefCell<HashMap<Key, usize>>,
    at_once: Cell<usize>,
    logins: Cell<usize>,
    token_good_for: usize,
    uses: Cell<usize>,
}

impl Scripted {
    fn new(latency_ms: u64, script: impl Fn(usize, &Key) -> Reply + 'static) -> Self {
        Self {
            latency: Duration::from_millis(latency_ms),
            script: Box::new(script),
            requests: RefCell::default(),
            busy: RefCell::default(),
            at_once: Cell::new(0),
            logins: Cell::new(0),
            token_good_for: usize::MAX,
            uses: Cell::new(0),
        }
    }

    fn times(&self) -> Vec<Instant> {
        self.requests.borrow().iter().map(|(time, ..)| *time).collect()
    }
}

impl Endpoint for Scripted {
    async fn update(&self, token: &SecretString, patch: &Patch) -> Reply {
        let key = patch.key();
        let (_, change) = patch.fields().last().expect("a field to set");
        self.requests.borrow_mut().push((Instant::now(), key.clone(), change.value().to_owned()));
        let number = self.requests.borrow().len();
        *self.busy.borrow_mut().entry(key.clone()).or_default() += 1;
        self.at_once.set(self.at_once.get().max(self.busy.borrow()[&key]));
        sleep(self.latency).await;
        *self.busy.borrow_mut().entry(key.clone()).or_default() -= 1;
        self.uses.set(self.uses.get() + 1);
        let is_current = token.expose_secret() == self.logins.get().to_string();
        if !is_current || self.uses.get() > self.token_good_for {
            return Reply::Unauthorized(answer(401));
        }
        (self.script)(number, &key)
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

fn stored() -> Reply {
    Reply::Stored { status: 200, differences: Vec::new() }
}

fn refused() -> Reply {
    Reply::Refused(answer(500))
}

fn busy(retry_after: Option<u64>) -> Reply {
    let retry_after = retry_after.map(Duration::from_secs);
    Reply::Transient { answer: answer(429), retry_after, may_have_applied: false }
}

fn silent(kind: SilenceKind) -> Reply {
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
    let mut patch = Patch::default();
    patch.push(field("CUSTOMER_ID"), Change::Set(key));
    patch.push(field("CUST_CONTACT"), Change::Set("C"));
    patch.push(field("CITY"), Change::Set(&index.to_string()));
    Job { place: Place { index, number: index + 2 }, key: patch.key(), patch }
}

struct Ran {
    endings: HashMap<u64, Outcome>,
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
    let (_keep, interrupt) = watch::channel(false);
    run_until(endpoint, limits, keys, interrupt).await
}

async fn run_until(
    endpoint: &Scripted,
    limits: &Limits,
    keys: impl IntoIterator<Item = String>,
    interrupt: watch::Receiver<bool>,
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
    let mut endings = HashMap::new();
    let mut observer = |event: Event<'_>| {
        if let Event::Ended(job, outcome) = event {
            let before = endings.insert(job.place.index, outcome.clone());
            assert!(before.is_none(), "row {} ended twice", job.place.index);
        }
        Ok(())
    };
    let (stop, ()) = tokio::join!(engine.run(receive, interrupt, &mut observer), feed);
    Ran { endings, stop }
}

fn credentials() -> Credentials {
    Credentials::Password { password: "p".into(), token: None }
}

fn keys(count: usize, each: usize) -> Vec<String> {
    (0..count).flat_map(|key| vec![format!("K{key}"); each]).collect()
}

#[tokio::test(start_paused = true)]
async fn rows_of_one_key_are_sent_in_order_and_never_two_at_once() {
    let endpoint =
        Scripted::new(7, |number, _| if number % 5 == 0 { busy(None) } else { stored() });
    let ran = run(&endpoint, &Limits { retries: 9, ..limits(16) }, keys(20, 8)).await;
    assert_eq!(ran.statuses(), [Status::Updated; 160]);
    assert_eq!(endpoint.at_once.get(), 1);
    let mut last: HashMap<Key, u64> = HashMap::new();
    for (_, key, value) in endpoint.requests.borrow().iter() {
        let row: u64 = value.parse().expect("a row");
        assert!(last.insert(key.clone(), row).is_none_or(|before| before <= row), "{key} {row}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sorted_file_keeps_the_pool_full() {
    let endpoint = Scripted::new(50, |_, _| stored());
    let start = Instant::now();
    let ran = run(&endpoint, &limits(64), keys(640, 10)).await;
    assert_eq!(ran.statuses().len(), 6_400);
    let ideal = Duration::from_millis(50) * 6_400 / 64;
    assert!(start.elapsed() < ideal * 11 / 10, "{:?} of {ideal:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_during_a_hold_and_it_uses_up_no_retry() {
    let endpoint =
        Scripted::new(10, |number, _| if number % 10 == 0 { busy(Some(2)) } else { stored() });
    let limits = Limits { rate: Rate::PerSecond(20.0), retries: 0, ..limits(8) };
    let ran = run(&endpoint, &limits, keys(50, 1)).await;
    assert_eq!(ran.statuses(), [Status::Updated; 50]);
    let times = endpoint.times();
    for held in times.iter().skip(9).step_by(10).map(|sent| *sent + Duration::from_millis(10)) {
        let during =
            times.iter().filter(|sent| held < **sent && **sent < held + Duration::from_secs(2));
        assert_eq!(during.count(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unconfirmed_row_keeps_the_later_rows_of_its_key_back() {
    let slow = Key::fold(["K0", "C"]);
    let endpoint =
        Scripted::new(
            10,
            move |_, key| if *key == slow { silent(SilenceKind::TimedOut) } else { stored() },
        );
    let ran = run(&endpoint, &limits(4), keys(2, 3)).await;
    let expected = [
        Status::Unconfirmed,
        Status::NotSent,
        Status::NotSent,
        Status::Updated,
        Status::Updated,
        Status::Updated,
    ];
    assert_eq!(ran.statuses(), expected);
    assert_eq!(ran.endings[&0].attempts, 3);
    assert_eq!(ran.endings[&1].code, Some(OwnCode::EarlierRow.into()));
    assert_eq!(ran.stop, None);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_comes_back_in_time_is_waited_for() {
    let endpoint = Scripted::new(1, |number, _| match number {
        5..45 => silent(SilenceKind::NeverConnected),
        _ => stored(),
    });
    let ran = run(&endpoint, &limits(32), keys(100, 1)).await;
    assert_eq!(ran.statuses(), [Status::Updated; 100]);
    let times = endpoint.times();
    assert!(times[42] - times[40] > Duration::from_secs(1), "one try from time to time");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_stays_away_stops_the_run_and_leaves_the_rest_to_do() {
    let endpoint =
        Scripted::new(
            1,
            |number, _| if number <= 4 { stored() } else { silent(SilenceKind::NeverConnected) },
        );
    let start = Instant::now();
    let ran = run(&endpoint, &limits(4), keys(30, 1)).await;
    assert_eq!(ran.stop_code(), Some(OwnCode::EndpointDown));
    let rest: Vec<_> = ran.statuses().split_off(4);
    assert!(rest.iter().all(|status| *status == Status::NotSent), "{rest:?}");
    let waited = start.elapsed().as_secs();
    assert!((600..640).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_is_renewed_once_for_the_whole_pool() {
    let mut endpoint = Scripted::new(5, |_, _| stored());
    endpoint.token_good_for = 50;
    let ran = run(&endpoint, &Limits { retries: 0, ..limits(64) }, keys(400, 1)).await;
    assert_eq!(ran.statuses(), [Status::Updated; 400]);
    assert_eq!(endpoint.logins.get(), 8);
}

#[tokio::test(start_paused = true)]
async fn tokens_that_are_refused_again_stop_the_run() {
    let mut endpoint = Scripted::new(5, |_, _| stored());
    endpoint.token_good_for = 0;
    let ran = run(&endpoint, &limits(4), keys(10, 1)).await;
    assert_eq!(ran.stop_code(), Some(OwnCode::Login));
    assert_eq!(endpoint.logins.get(), 2);
    assert!(ran.statuses().iter().all(|status| *status == Status::NotSent));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_address_stops_the_run_before_it_does_harm() {
    let endpoint = Scripted::new(5, |_, _| Reply::WrongAddress(answer(404)));
    let ran = run(&endpoint, &limits(1), keys(10, 1)).await;
    assert_eq!(ran.stop_code(), Some(OwnCode::Address));
    assert_eq!(endpoint.requests.borrow().len(), 1);
    assert_eq!(ran.endings[&0].http_status, Some(404));
    let dislikes_one =
        Scripted::new(
            5,
            |number, _| if number == 3 { Reply::WrongAddress(answer(403)) } else { stored() },
        );
    let ran = run(&dislikes_one, &limits(1), keys(5, 1)).await;
    assert_eq!((ran.stop.clone(), ran.statuses()[2]), (None, Status::Failed));
}

#[tokio::test(start_paused = true)]
async fn first_rows_that_all_fail_stop_the_run() {
    let endpoint = Scripted::new(5, |_, _| refused());
    let ran = run(&endpoint, &limits(4), keys(100, 1)).await;
    assert_eq!(ran.stop_code(), Some(OwnCode::TooManyFailures));
    let failed = ran.statuses().iter().filter(|status| **status == Status::Failed).count();
    assert!((20..=23).contains(&failed), "requests in flight are waited for: {failed}");
}

#[tokio::test(start_paused = true)]
async fn an_interruption_lets_the_requests_in_flight_finish() {
    let endpoint = Scripted::new(1_000, |_, _| stored());
    let (interrupt, interrupted) = watch::channel(false);
    let later = async {
        sleep(Duration::from_millis(1_500)).await;
        interrupt.send(true).expect("the run listens");
    };
    let limits = limits(4);
    let (ran, ()) = tokio::join!(run_until(&endpoint, &limits, keys(20, 1), interrupted), later);
    assert_eq!(ran.stop_code(), Some(OwnCode::Interrupted));
    let updated = ran.statuses().iter().filter(|status| **status == Status::Updated).count();
    assert_eq!(updated, 8);
    assert_eq!(endpoint.requests.borrow().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn an_ending_that_cannot_be_recorded_stops_the_run() {
    let endpoint = Scripted::new(5, |_, _| stored());
    let limits = limits(1);
    let mut engine = Engine::new(&endpoint, &limits, &credentials(), 10);
    let (send, receive) = mpsc::channel(1);
    send.send((0..10).map(|row| job(row, &row.to_string())).collect()).await.expect("room");
    drop(send);
    let (_keep, interrupt) = watch::channel(false);
    let mut endings = 0;
    let stop = engine
        .run(receive, interrupt, &mut |_| {
            endings += 1;
            if endings > 3 { Err(std::io::Error::other("disk full")) } else { Ok(()) }
        })
        .await;
    assert_eq!(stop.map(|stop| stop.code), Some(OwnCode::NotRecorded));
    assert_eq!(endpoint.requests.borrow().len(), 4);
}
