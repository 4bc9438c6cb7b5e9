//! A run that is continued counts what it had done, and is never continued as another one.

use std::process::{Child, Stdio};
use std::time::Duration;

use rowpatch::model::counted::grouped;

use crate::world::{Ran, World, cities, faulty};

const JOURNAL: &str = "contacts.csv.results.journal";

/// A city that the sandbox refuses for its length.
fn refused() -> String {
    "x".repeat(3_000)
}

/// Rows of as many contacts, of which the sandbox refuses those that `is_refused` names by their index.
fn world(rows: usize, is_refused: impl Fn(usize) -> bool) -> World {
    let row = |row| (format!("K{row}"), if is_refused(row) { refused() } else { row.to_string() });
    let rows: Vec<_> = (0..rows).map(row).collect();
    let sheet = cities(rows.iter().map(|(key, city)| (key.as_str(), city.as_str())));
    World::new(rowpatch::sandbox::Setup::default()).file("contacts.csv", sheet)
}

/// An update of one row after the other.
fn update(world: &World, flags: &[&str]) -> Ran {
    world.update(&[&["--concurrency", "1"], flags].concat())
}

fn with(ran: &Ran, status: &str) -> usize {
    ran.column("status").iter().filter(|told| *told == status).count()
}

fn account(world: &World) -> serde_json::Value {
    let text = std::fs::read_to_string(world.path("contacts.csv.run.json")).expect("an account");
    serde_json::from_str(&text).expect("JSON")
}

/// Takes out of the record of a run which rows did not pass, as if an older version had written it.
fn without_invalid_rows(world: &World) {
    let text = std::fs::read_to_string(world.path(JOURNAL)).expect("a record");
    let (first, rest) = text.split_once('\n').expect("lines");
    let mut first: serde_json::Value = serde_json::from_str(first).expect("JSON");
    let mapping = first["mapping"].as_object_mut().expect("an object");
    assert!(mapping.remove("invalid_rows").is_some(), "{text}");
    std::fs::write(world.path(JOURNAL), format!("{first}\n{rest}")).expect("written");
}

#[test]
fn a_run_is_not_continued_where_other_rows_pass_the_checks() {
    let allowed = |values: &str| format!("[fields.CITY]\nvalues = [{values}]\n");
    let (then, now) =
        (allowed("\"Rome\", \"Oslo\", \"Bonn\""), allowed("\"Oslo\", \"Bonn\", \"Bern\""));
    let world = World::new(faulty(&[]))
        .config(&then)
        .file("contacts.csv", cities([("A", "Rome"), ("B", "Oslo"), ("C", "Bonn"), ("D", "Bern")]));
    world.update(&["--limit", "2"]).expect(0);
    let world = world.with_config(&now);
    let other = world.update(&["--resume"]).expect(2);
    assert!(other.err.contains("other rows passed them than pass now"), "{}", other.err);
    assert_eq!(other.column("status"), ["updated", "updated", "not_sent", "not_sent"]);
    assert_eq!(world.updates().len(), 2);
    let world = world.with_config(&then);
    without_invalid_rows(&world);
    let rest = world.update(&["--resume"]).expect(1);
    assert_eq!(rest.column("status"), ["updated", "updated", "updated", "invalid"]);
}

#[test]
fn rows_that_a_run_has_finished_are_not_sent_again_for_other_settings() {
    let rows = [("A", "1"), ("B", "2"), ("A", "3")];
    let world = World::new(faulty(&[]))
        .file("contacts.csv", cities(rows))
        .file("then.csv", cities([("A", "0")]));
    world.update(&[]).expect(0);
    let run = account(&world)["run_id"].as_str().expect("an id").to_owned();
    for flags in [&["--strict"][..], &["--map", "CITY=STATE"], &["--baseline", "then.csv"]] {
        let ran = world.update(&[&["--resume"], flags].concat()).expect(2);
        for word in [run.as_str(), "other settings", "--start-over"] {
            assert!(ran.err.contains(word), "{}", ran.err);
        }
        assert_eq!(world.updates().len(), 3);
    }
    world.update(&["--start-over", "--map", "CITY=STATE"]).expect(0);
    assert_eq!(world.updates().len(), 6);
    std::fs::write(world.path("contacts.csv"), cities([("A", "4")])).expect("written");
    world.update(&["--resume"]).expect(0);
    assert_eq!(world.updates().len(), 7, "other rows are another matter");
}

#[test]
fn where_no_row_was_sent_since_none_passed_other_settings_begin_anew() {
    let world = World::new(faulty(&[]))
        .config("[fields.CITY]\nmax_length = 2\n")
        .file("contacts.csv", cities([("A", "Rome")]));
    assert_eq!(world.update(&["--resume"]).expect(1).column("status"), ["invalid"]);
    let world = world.with_config("");
    assert_eq!(world.update(&["--resume"]).expect(0).column("status"), ["updated"]);
}

#[test]
fn rows_that_were_updated_before_keep_the_first_failures_from_stopping_the_run() {
    let world = world(45, |row| row >= 20);
    update(&world, &["--limit", "20"]).expect(0);
    let rest = update(&world, &["--resume"]).expect(1);
    assert_eq!((with(&rest, "updated"), with(&rest, "failed")), (20, 25), "{}", rest.err);
}

#[test]
fn the_first_rows_of_a_run_are_counted_over_all_its_legs() {
    let world = world(40, |_| true);
    update(&world, &["--limit", "10"]).expect(1);
    let stopped = update(&world, &["--resume"]).expect(3);
    assert!(stopped.err.contains("the first 20 rows all failed"), "{}", stopped.err);
    assert_eq!(with(&stopped, "failed"), 20);
    // Whether the cause is gone, one more row shows.
    let again = update(&world, &["--resume"]).expect(3);
    assert_eq!(with(&again, "failed"), 21, "{}", again.err);
}

#[test]
fn the_failures_that_are_allowed_are_those_of_all_legs() {
    let world = world(30, |_| true);
    update(&world, &["--limit", "4", "--max-failures", "5"]).expect(1);
    let most = ["--resume", "--max-failures", "5"];
    for _ in 0..2 {
        let stopped = update(&world, &most).expect(3);
        assert!(stopped.err.contains("6 rows failed"), "{}", stopped.err);
        assert_eq!(with(&stopped, "failed"), 6);
        assert_eq!(world.updates().len(), 6);
    }
    let all = update(&world, &["--resume", "--max-failures", "29"]).expect(3);
    assert_eq!(with(&all, "failed"), 30, "{}", all.err);
}

#[test]
fn a_part_of_the_rows_is_one_of_all_rows_of_the_run() {
    let world = world(30, |row| row >= 20);
    update(&world, &["--limit", "20"]).expect(0);
    let stopped = update(&world, &["--resume", "--max-failures", "10%"]).expect(3);
    assert!(stopped.err.contains("4 rows failed"), "{}", stopped.err);
}

#[test]
fn an_address_at_which_rows_were_updated_is_not_called_wrong_for_one_row() {
    let world = World::new(faulty(&["update 3 status 404"]))
        .file("contacts.csv", cities([("A", "1"), ("B", "2"), ("C", "3"), ("D", "4")]));
    update(&world, &["--limit", "2"]).expect(0);
    let rest = update(&world, &["--resume"]).expect(1);
    assert_eq!(rest.column("status"), ["updated", "updated", "failed", "updated"]);
}

/// A run at a measured pace that has sent its first row.
fn begun(world: &World, flags: &[&str]) -> Child {
    let mut command = world.command(&[&["update", "contacts.csv", "--yes"], flags].concat());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    while world.updates().is_empty() {
        assert!(child.try_wait().expect("a child").is_none(), "it ended before it sent anything");
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

#[test]
fn rows_that_can_no_longer_be_read_are_left_to_do() {
    let rows: Vec<String> = (0..3_000).map(|row| format!("K{row}")).collect();
    let sheet = cities(rows.iter().map(|key| (key.as_str(), "Rome")));
    let world =
        World::new(faulty(&["update 3 status 500 message no"])).file("contacts.csv", &sheet);
    let flags = ["--rate", "2/s", "--concurrency", "1", "--max-failures", "0"];
    let child = begun(&world, &flags);
    std::fs::write(world.path("contacts.csv"), sheet.replace("Rome", "Oslo")).expect("written");
    let ran = world.ran(child.wait_with_output().expect("it ends")).expect(3);
    assert_eq!(ran.column("status")[..4], ["updated", "updated", "failed", "not_sent"]);
    assert!(ran.err.contains("2 of 3000 rows updated"), "{}", ran.err);
    let lines = ran.results().len();
    let without = format!("{} rows have no line in the results", grouped(3_000 - lines as u64));
    assert!(lines < 3_000 && ran.err.contains(&without), "{lines}: {}", ran.err);
    assert!(ran.err.contains("was changed while it was being read"), "{}", ran.err);
    assert_eq!((&account(&world)["left_to_do"], ran.has(JOURNAL)), (&2_997.into(), true));
    world.update(&["--resume"]).expect(2);
    std::fs::write(world.path("contacts.csv"), &sheet).expect("written");
    let rest = world.update(&["--resume"]).expect(1);
    assert_eq!((with(&rest, "updated"), with(&rest, "failed")), (2_999, 1));
    assert_eq!((&account(&world)["left_to_do"], rest.has(JOURNAL)), (&0.into(), false));
}

#[test]
fn what_kept_a_row_back_is_no_reason_once_it_stands_beyond_the_limit() {
    let world = World::new(faulty(&["update 1 hang"]))
        .target("request_timeout = \"300ms\"")
        .file("contacts.csv", cities([("A", "1"), ("A", "2")]));
    let first = update(&world, &["--retries", "0"]).expect(1);
    assert_eq!(first.column("MESSAGE_CODE"), ["RP_TIME_OUT", "RP_EARLIER_ROW"]);
    let one = update(&world, &["--resume", "--limit", "1"]).expect(0);
    assert_eq!(one.column("status"), ["updated", "not_sent"]);
    assert_eq!(one.column("MESSAGE_CODE"), ["", "RP_LIMIT"]);
    assert_eq!(update(&world, &["--resume"]).expect(0).column("status"), vec!["updated"; 2]);
}

#[test]
fn a_stop_is_none_of_a_file_of_which_nothing_was_to_be_sent() {
    let world = World::new(faulty(&["update 1 status 500 message no"]))
        .file("contacts.csv", cities([("A", "1"), ("B", "2")]))
        .file("more.csv", cities([("D", "#REF!")]));
    let both = ["update", "contacts.csv", "more.csv", "--yes", "--rate", "unlimited"];
    let all = |flags: &[&str]| world.run(&[&both[..], flags].concat());
    all(&["--max-failures", "0", "--concurrency", "1"]).expect(3);
    let account = std::fs::read_to_string(world.path("more.csv.run.json")).expect("an account");
    let account: serde_json::Value = serde_json::from_str(&account).expect("JSON");
    assert_eq!((&account["exit_code"], &account["left_to_do"]), (&1.into(), &0.into()));
    assert_eq!(account["stopped"], serde_json::Value::Null);
    all(&["--resume", "--max-failures", "1"]).expect(1);
}

#[test]
fn a_rehearsal_leaves_alone_what_a_run_needs_to_go_on_or_to_be_taken_back() {
    let sheet = cities([("A", "1"), ("B", "2"), ("C", "3")]);
    for results in [&["--results", "out.csv"][..], &["--results", "out.xlsx"], &[]] {
        let world = World::new(faulty(&[])).file("contacts.csv", &sheet);
        // Where it tells its results on standard output, its other files stand beside the input.
        let rehearsed = if results.is_empty() { &["--results", "-"] } else { results };
        let rehearse =
            || world.update(&[&["--sandbox", "--changes"], rehearsed].concat()).expect(0);
        let update = |flags: &[&str]| update(&world, &[results, flags].concat()).expect(0);
        update(&["--changes", "--limit", "1"]);
        let stem = if results.is_empty() { "contacts.csv" } else { "out" };
        let changes = world.path(&format!("{stem}.changes.csv"));
        let made = std::fs::read(&changes).expect("a list");
        let ran = rehearse();
        for ending in ["changes.csv", "run.json"] {
            assert!(ran.has(&format!("{stem}.rehearsal.{ending}")), "{}", ran.err);
        }
        assert_eq!(std::fs::read(&changes).expect("a list"), made);
        update(&["--changes", "--resume"]);
        assert_eq!(world.updates().len(), 3, "no row is sent twice");
        rehearse();
        let again = update(&["--resume"]);
        assert!(again.err.contains("nothing is sent again"), "{}", again.err);
        assert_eq!(world.updates().len(), 3);
    }
}

#[test]
fn a_page_is_of_the_run_or_the_rehearsal_that_wrote_the_results_last() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "1")]));
    let told_of = |results: &str| {
        world.run(&["report", results, "--out", "page.html"]).expect(0);
        let page = std::fs::read_to_string(world.path("page.html")).expect("a page");
        assert!(page.contains("SANDBOX"), "it knows where the rows went");
        if page.contains(&world.base_url()) { "run" } else { "rehearsal" }
    };
    world.update(&["--results", "out.csv"]).expect(0);
    assert_eq!(told_of("out.csv"), "run");
    world.update(&["--sandbox", "--results", "out.csv"]).expect(0);
    assert_eq!(told_of("out.csv"), "rehearsal");
    world.update(&[]).expect(0);
    world.update(&["--sandbox"]).expect(0);
    assert_eq!(told_of("contacts.csv.results.csv"), "run");
    assert_eq!(told_of("contacts.csv.rehearsal.csv"), "rehearsal");
}
