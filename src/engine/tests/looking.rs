//! Looking before sending: questions, what becomes of them, and what the judge is told.

use super::*;
use crate::engine::{Judged, Known};

/// Sends every row whose record there is, and notes what it was told.
#[derive(Default)]
struct Noting(Vec<(u64, Known)>);

impl Judge for Noting {
    fn judge(&mut self, job: &mut Job, known: &Known) -> std::io::Result<Judged> {
        self.0.push((job.place.index, known.clone()));
        job.before = Some(Vec::new());
        Ok(match known {
            Known::Found(_) => Judged::Send,
            _ => Judged::End(Outcome::unsent(Status::Failed, None, String::new())),
        })
    }
}

/// A record with this city.
fn record(key: &str, city: &str) -> Stored {
    let (customer, contact) = key.split_once('/').expect("both parts of a key");
    Stored::of(&CUSTOMER_CONTACT, |name| match name {
        "CUSTOMER_ID" => Some(customer),
        "CUST_CONTACT" => Some(contact),
        "CITY" => Some(city),
        _ => None,
    })
}

/// An endpoint that has these records, and stores what it is sent.
fn with_records(keys: &'static [&'static str]) -> Scripted {
    let mut endpoint = Scripted::new(10, |number, _| {
        let record = record("A/1", &format!("stored {number}"));
        Reply::Good(Updated { status: 200, record, ..Updated::default() })
    });
    endpoint.answers =
        Box::new(|_, _| Reply::Good(keys.iter().map(|key| record(key, "before")).collect()));
    endpoint
}

async fn looking(endpoint: &Scripted, keys: &[&str]) -> (Ran, Vec<(u64, Known)>) {
    let mut judge = Noting::default();
    let keys = keys.iter().map(|key| (*key).to_owned());
    let (_keep, stops) = watch::channel(None);
    let ran = run_until(endpoint, &limits(4), keys, stops, Some(&mut judge)).await;
    (ran, judge.0)
}

#[tokio::test(start_paused = true)]
async fn one_question_is_for_all_records_of_a_customer_and_each_answer_for_its_own() {
    let endpoint = with_records(&["a/1 ", "B/2", "A/23"]);
    let (ran, told) = looking(&endpoint, &["A/1", "A/2", "B/2", "B/X,Y"]).await;
    assert_eq!(*endpoint.questions.borrow(), ["A | IN '1','2'", "B | 2", "B | X,Y"]);
    let found = told.iter().filter(|(_, known)| matches!(known, Known::Found(_)));
    assert_eq!(found.map(|(row, _)| *row).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(ran.statuses(), [Status::Updated, Status::Failed, Status::Updated, Status::Failed]);
    assert_eq!(endpoint.requests.borrow().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn later_rows_of_a_key_are_judged_by_what_the_row_before_them_left() {
    let endpoint = with_records(&["A/1"]);
    let (ran, told) = looking(&endpoint, &["A/1", "a/1", "A/1"]).await;
    assert_eq!(ran.statuses(), [Status::Updated; 3]);
    let city = CUSTOMER_CONTACT.field("CITY").expect("a field");
    let cities = told.iter().map(|(row, known)| match known {
        Known::Found(record) => (*row, record.value(city).unwrap_or_default().to_owned()),
        _ => panic!("row {row}"),
    });
    let expected = [(0, "before"), (1, "stored 1"), (2, "stored 2")];
    assert_eq!(cities.collect::<Vec<_>>(), expected.map(|(row, city)| (row, city.to_owned())));
    assert_eq!(endpoint.questions.borrow().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_group_is_asked_about_one_by_one_and_a_refusal_of_one_means_that_there_is_none() {
    let mut endpoint = with_records(&[]);
    endpoint.answers = Box::new(|_, question| {
        let is_for_second = question.criteria().any(|(_, text)| text == "2");
        let found = || Reply::Good(vec![record("A/2", "before")]);
        if is_for_second { found() } else { Reply::Refused(answer(500)) }
    });
    let (ran, told) = looking(&endpoint, &["A/1", "A/2", "A/<3", "A/IN 'x'"]).await;
    let questions = ["A | IN '1','2'", "A | IN '<3'", "A | 2", "A | 1"];
    assert_eq!(endpoint.questions.borrow().len(), questions.len());
    assert!(questions.iter().all(|asked| endpoint.questions.borrow().contains(&(*asked).into())));
    let known = |row: u64| &told.iter().find(|(told, _)| *told == row).expect("judged").1;
    assert_eq!(*known(0), Known::Absent("said so".into()));
    assert_eq!([known(2), known(3)], [&Known::NotAskable; 2]);
    let failed = Status::Failed;
    assert_eq!(ran.statuses(), [failed, Status::Updated, failed, failed]);
}

#[tokio::test(start_paused = true)]
async fn a_question_without_an_answer_leaves_no_doubt_and_nothing_is_sent() {
    let mut endpoint = with_records(&[]);
    endpoint.answers = Box::new(|_, _| {
        Reply::Silence(Silence { kind: SilenceKind::TimedOut, text: "silence".into() })
    });
    let (ran, told) = looking(&endpoint, &["A/1", "A/2", "B/1"]).await;
    assert_eq!(ran.statuses(), [Status::NotSent; 3]);
    assert_eq!(ran.endings[&0].code, Some(OwnCode::TimeOut.into()));
    assert!(told.is_empty() && endpoint.requests.borrow().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ended_is_renewed_for_questions_too() {
    let mut endpoint = with_records(&[]);
    endpoint.answers = Box::new(|number, _| match number {
        1 => Reply::Unauthorized(answer(401)),
        _ => Reply::Good(vec![record("A/1", ""), record("A/2", "")]),
    });
    let (ran, _) = looking(&endpoint, &["A/1", "A/2"]).await;
    assert_eq!(*endpoint.questions.borrow(), ["A | IN '1','2'"; 2]);
    assert_eq!((endpoint.logins.get(), ran.stop), (2, None));
}

#[tokio::test(start_paused = true)]
async fn a_user_who_may_not_ask_is_told_so() {
    let mut endpoint = with_records(&[]);
    endpoint.answers = Box::new(|_, _| Reply::WrongAddress(answer(403)));
    let (ran, _) = looking(&endpoint, &["A/1", "B/2"]).await;
    let stop = ran.stop.expect("a stop");
    assert_eq!(stop.code, OwnCode::Address);
    assert!(stop.message.contains("the rights to ask for what a record holds"), "{stop:?}");
    assert!(endpoint.requests.borrow().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_rate_holds_for_questions() {
    let endpoint = with_records(&["A/1", "B/1", "C/1", "D/1", "E/1"]);
    let limits = Limits { rate: Rate::PerSecond(2.0), ..limits(4) };
    let mut judge = Noting::default();
    let (_keep, stops) = watch::channel(None);
    let keys = ["A/1", "B/1", "C/1", "D/1", "E/1"].map(str::to_owned);
    let start = Instant::now();
    run_until(&endpoint, &limits, keys, stops, Some(&mut judge)).await;
    let spent = start.elapsed().as_secs_f64();
    assert!((4.9..5.6).contains(&spent), "a login, five questions and five updates in {spent} s");
}
