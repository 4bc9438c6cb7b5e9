//! Pace, holds, stops and limits of a run, by the sandbox's clock.
//!
//! That the rate is met exactly is measured by `cargo bench -- rate`; here it is shown
//! that it is kept, with room for a machine that is busy with other tests.

use std::time::{Duration, Instant};

use crate::world::{World, cities, faulty};

fn many(rows: usize) -> String {
    let keys: Vec<String> = (0..rows).map(|row| format!("K{row}")).collect();
    cities(keys.iter().map(|key| (key.as_str(), "Rome")))
}

fn seconds(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64()
}

#[test]
fn the_rate_holds_for_every_request_logins_included() {
    let world = World::new(faulty(&["update every 5 status 503"])).file("contacts.csv", many(60));
    world
        .run(&["update", "contacts.csv", "--yes", "--rate", "50/s", "--concurrency", "64"])
        .expect(0);
    let received = world.received();
    assert!(received.len() > 70);
    let times: Vec<Instant> = received.iter().map(|request| request.arrived).collect();
    for (index, from) in times.iter().enumerate() {
        for (count, to) in (1_u32..).zip(&times[index..]) {
            // So many requests need so much time, but for one, and for the jitter of a busy machine.
            let least = f64::from(count.saturating_sub(2)) / 50.0 - 0.1;
            assert!(seconds(*from, *to) >= least, "{count} requests in {} s", seconds(*from, *to));
        }
    }
}

#[test]
fn the_targets_own_limit_cannot_be_exceeded() {
    let world =
        World::new(faulty(&[])).target("max_rate = \"20/s\"").file("contacts.csv", many(11));
    world.update(&[]).expect(0);
    let received = world.received();
    let (first, last) = (received[0].arrived, received[11].arrived);
    assert!(seconds(first, last) >= 0.5, "{}", seconds(first, last));
}

#[test]
fn nothing_arrives_during_a_hold() {
    let world = World::new(faulty(&["update every 40 status 429 retry-after 1"]))
        .file("contacts.csv", many(100));
    world
        .run(&["update", "contacts.csv", "--yes", "--rate", "200/s", "--concurrency", "64"])
        .expect(0);
    let received = world.received();
    let holds = received
        .iter()
        .filter(|request| request.status == Some(429))
        .filter_map(|request| request.answered);
    let holds: Vec<Instant> = holds.collect();
    assert_eq!(holds.len(), 2);
    for hold in holds {
        let (from, to) = (hold + Duration::from_millis(250), hold + Duration::from_secs(1));
        let during = received
            .iter()
            .filter(|request| from < request.arrived && request.arrived < to)
            .count();
        assert_eq!(during, 0);
    }
}

#[test]
fn a_run_whose_first_twenty_rows_fail_is_stopped_unless_more_is_allowed() {
    let refusing = || {
        World::new(faulty(&["update all status 500 message no code E1"]))
            .file("contacts.csv", many(50))
    };
    let ran = refusing().update(&["--concurrency", "1"]).expect(3);
    let statuses = ran.column("status");
    assert_eq!(statuses.iter().filter(|status| *status == "failed").count(), 20);
    assert_eq!(ran.column("MESSAGE_CODE")[49], "RP_TOO_MANY_FAILURES");
    let ran = refusing().update(&["--concurrency", "1", "--max-failures", "100%"]).expect(1);
    assert_eq!(ran.column("status"), vec!["failed"; 50]);
    let ran = refusing().update(&["--concurrency", "1", "--max-failures", "3"]).expect(3);
    assert_eq!(ran.column("status").iter().filter(|status| *status == "failed").count(), 4);
}

#[test]
fn a_limit_sends_the_first_rows_and_ends_well() {
    let world = World::new(faulty(&[])).file("contacts.csv", many(5).replace("K4,C", "K4,"));
    let ran = world.update(&["--limit", "2"]).expect(0);
    assert_eq!(ran.column("status"), ["updated", "updated", "not_sent", "not_sent", "not_sent"]);
    assert_eq!(ran.column("MESSAGE_CODE")[2..], ["RP_LIMIT"; 3]);
    assert_eq!(world.updates().len(), 2);
}

#[test]
fn several_files_are_one_run() {
    let world = World::new(faulty(&[]))
        .file("contacts.csv", many(3))
        .file("more.csv", cities([("K0", "Oslo")]));
    let ran = world.run(&["update", "contacts.csv", "more.csv", "--yes"]).expect(0);
    assert_eq!((ran.results().len(), ran.table("more.csv.results.csv").len()), (3, 1));
    assert_eq!(world.stored("K0", "CITY").as_deref(), Some("Oslo"));
    assert_eq!(world.tokens(), 1);
}

#[test]
fn every_request_carries_the_run() {
    let world = World::new(faulty(&[])).file("contacts.csv", many(2));
    let ran = world.update(&[]).expect(0);
    for request in world.received() {
        let agent = request.user_agent.expect("a user agent");
        let run = agent.split_once("(run ").expect("a run").1.trim_end_matches(')').to_owned();
        assert!(ran.err.contains(&run), "{agent}");
    }
}
