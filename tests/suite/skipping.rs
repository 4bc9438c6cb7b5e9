//! `update --skip-unchanged`: only what differs is sent.

use std::collections::BTreeMap;

use crate::thousand;
use crate::world::{Line, World, cities, contact, faulty, knowing};

fn told(line: &Line) -> [&str; 4] {
    ["status", "MESSAGE_CODE", "fields", "attempts"].map(|column| line[column].as_str())
}

#[test]
fn only_rows_that_change_something_are_sent_and_of_them_only_what_differs() {
    let world = thousand::world();
    let ran = world.update(&["--skip-unchanged"]).expect(1);
    let counts = ran.column("status").into_iter().fold(BTreeMap::new(), |mut counts, status| {
        *counts.entry(status).or_insert(0_usize) += 1;
        counts
    });
    let expected = [
        ("updated", thousand::CHANGED),
        ("unchanged", thousand::UNCHANGED),
        ("failed", thousand::NOT_FOUND),
        ("invalid", thousand::INVALID),
    ];
    assert_eq!(counts, expected.map(|(status, rows)| (status.to_owned(), rows)).into());
    assert!(ran.err.contains("Sent 300 rows"), "{}", ran.err);
    let mut changes: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for ((row, field), (_, after)) in thousand::sheet().1 {
        changes.entry(row).or_default().insert(field, after);
    }
    let mut expected: Vec<_> = changes.into_values().collect();
    let mut sent: Vec<Line> = world.updates().into_iter().map(|update| update.fields).collect();
    for fields in &mut sent {
        fields.retain(|name, _| !name.starts_with("CUST"));
    }
    expected.sort();
    sent.sort();
    assert_eq!(sent, expected);
    let codes = ran.column("MESSAGE_CODE");
    assert_eq!(codes.iter().filter(|code| *code == "RP_NOT_FOUND").count(), thousand::NOT_FOUND);
    let again = world.update(&["--skip-unchanged", "--start-over"]).expect(1);
    assert!(again.err.contains("900  unchanged"), "{}", again.err);
    assert_eq!(world.updates().len(), thousand::CHANGED);
}

#[test]
fn a_key_that_comes_three_times_ends_as_its_last_row_has_it() {
    let known = vec![contact("A", "C", &[("CITY", "Rome"), ("STATE", "NY")])];
    let sheet =
        "CUSTOMER_ID,CUST_CONTACT,CITY,STATE\nA,C,Rome,NY\nA,C,Oslo,NY\na,c,Oslo,NY\nA,C,Rome,NY\n";
    let world = World::new(knowing(known)).file("contacts.csv", sheet);
    let ran = world.update(&["--skip-unchanged"]).expect(0);
    let results = ran.results();
    let told: Vec<_> = results.iter().map(told).collect();
    let unchanged = ["unchanged", "", "", "0"];
    let updated = ["updated", "", "CITY", "1"];
    assert_eq!(told, [unchanged, updated, unchanged, updated]);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
    assert_eq!((world.queries().len(), world.updates().len()), (1, 2));
}

#[test]
fn a_record_that_is_not_found_is_failed_and_not_sent() {
    let world = World::new(knowing(vec![contact("A", "C", &[])]))
        .file("contacts.csv", cities([("A", "Rome"), ("NONE", "Rome")]));
    let ran = world.update(&["--skip-unchanged"]).expect(1);
    let results = ran.results();
    assert_eq!(told(&results[1]), ["failed", "RP_NOT_FOUND", "", "0"]);
    assert_eq!(ran.table("contacts.csv.rejects.csv").len(), 1);
    assert_eq!(world.updates().len(), 1);
}

#[test]
fn twenty_rows_without_a_record_do_not_stop_the_run_unless_failures_are_counted() {
    let names: Vec<_> = (0..40).map(|row| format!("NONE{row}")).collect();
    let rows = names.iter().map(String::as_str).chain(["A"]).map(|key| (key, "Rome"));
    let world =
        World::new(knowing(vec![contact("A", "C", &[])])).file("contacts.csv", cities(rows));
    let ran = world.update(&["--skip-unchanged"]).expect(1);
    assert_eq!(ran.column("status")[40], "updated");
    let ran = world.update(&["--skip-unchanged", "--start-over", "--max-failures", "5"]).expect(3);
    assert!(ran.err.contains("more than --max-failures allows"), "{}", ran.err);
}

/// A row that was being sent when the run was killed must not be taken for unchanged: what it finds then may be its
/// own values.
#[test]
fn a_run_that_is_killed_again_and_again_ends_as_one_that_never_was() {
    let told = |world: &World, flags: &[&str]| {
        let ran = world.update(&[&["--skip-unchanged"], flags].concat()).expect(1);
        let mut lines = ran.results();
        for line in &mut lines {
            for column in ["attempts", "elapsed_ms", "finished_at"] {
                line.remove(column);
            }
        }
        lines
    };
    let (world, calm) = (thousand::world(), thousand::world());
    let mut random = fastrand::Rng::with_seed(12);
    let update =
        ["update", "contacts.csv", "--yes", "--skip-unchanged", "--resume", "--rate", "150/s"];
    let mut deaths = 0;
    for _ in 0..12 {
        let mut child = world.start(&update);
        std::thread::sleep(std::time::Duration::from_millis(random.u64(150..600)));
        child.kill().expect("killed, or ended");
        child.wait().expect("a child");
        deaths += usize::from(world.path("contacts.csv.results.journal").exists());
    }
    assert!(deaths > 6, "{deaths}");
    assert_eq!(told(&world, &["--resume"]), told(&calm, &[]));
    assert_eq!(thousand::stored(&world), thousand::stored(&calm));
}

#[test]
fn a_row_whose_record_could_not_be_asked_for_is_left_to_do() {
    let world =
        World::new(faulty(&["query 1,2 drop"])).file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.update(&["--changes", "--retries", "1"]).expect(1);
    assert_eq!(
        (ran.column("status"), ran.column("MESSAGE_CODE")),
        (vec!["not_sent".into()], vec!["RP_CONNECTION_LOST".into()])
    );
    assert!(world.updates().is_empty());
    let ran = world.update(&["--changes", "--resume"]).expect(0);
    assert_eq!(ran.column("status"), ["updated"]);
}
