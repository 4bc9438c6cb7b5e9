//! What the endpoint stores otherwise than it was sent: told row by row, counted, and turned into rules that find it
//! before it is sent.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rowpatch::sandbox::Setup;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::world::{Ran, World, cities, contact, faulty, knowing};

/// A sandbox that cuts CITY at 10 characters and upper-cases STATE.
fn cutting() -> Setup {
    Setup { cut: vec![("CITY".into(), 10)], upper: vec!["STATE".into()], ..faulty(&[]) }
}

/// Rows of cities of 3 to 22 characters, and states of which every third is in small letters.
fn sheet(rows: usize) -> String {
    let mut text = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE\n".to_owned();
    for row in 0..rows {
        let city = "Abcdefghijklmnopqrstuvwxyz".get(..3 + row % 20).expect("ASCII");
        let state = if row % 3 == 0 { "ca" } else { "CA" };
        writeln!(text, "K{row},C,{city},{state}").expect("memory is always written");
    }
    text
}

/// The numbers of the rows whose line holds this text in a column.
fn rows_with(ran: &Ran, table: &str, column: &str, text: &str) -> Vec<usize> {
    let lines = ran.table(table).into_iter();
    let found = lines.filter(|line| line[column].contains(text));
    found.map(|line| line["row"].parse().expect("a number")).collect()
}

fn account(world: &World) -> Value {
    let text = std::fs::read_to_string(world.path("contacts.csv.run.json")).expect("an account");
    serde_json::from_str(&text).expect("JSON")
}

/// The lines that are shown to be pasted.
fn suggested(told: &str) -> String {
    let (_, after) = told.split_once("For config.toml, so that").expect("a suggestion");
    let lines = after.lines().skip(1).take_while(|line| line.starts_with("    "));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn every_row_and_field_is_named_and_the_suggested_rule_finds_exactly_the_rows_that_were_cut() {
    let world = World::new(cutting()).file("contacts.csv", sheet(60));
    let ran = world.update(&[]).expect(0);
    let results = "contacts.csv.results.csv";
    // Cities of 11 characters and more, and every third state.
    let cut: Vec<_> = (0..60).filter(|row| 3 + row % 20 > 10).map(|row| row + 2).collect();
    let small: Vec<_> = (0..60).step_by(3).map(|row| row + 2).collect();
    assert_eq!(rows_with(&ran, results, "warnings", "CITY: cut at 10 characters: sent"), cut);
    assert_eq!(
        rows_with(&ran, results, "warnings", "STATE: stored in another case: sent \"ca\""),
        small
    );
    assert_eq!(
        account(&world)["rows"]["stored_otherwise"],
        json!({"CITY": {"cut": 36}, "STATE": {"case": 20}})
    );
    for line in
        ["CITY: 36 values cut at 10 characters\n", "STATE: 20 values stored in capital letters\n"]
    {
        assert!(ran.err.contains(line), "{line}\n{}", ran.err);
    }
    let rules = suggested(&ran.err);
    let world = world.config(&rules);
    let ran = world.run(&["check", "contacts.csv", "--results", "check.csv"]).expect(1);
    assert_eq!(rows_with(&ran, "check.csv", "status", "invalid"), cut, "{rules}");
    assert_eq!(rows_with(&ran, "check.csv", "MESSAGE", "CITY: 11 characters, and"), [10, 30, 50]);
    // The rule for capital letters is a remark, to be thought about first.
    let rules = suggested_pattern(&rules);
    let world = world.with_config(&rules);
    let ran = world.run(&["check", "contacts.csv", "--results", "check.csv"]).expect(1);
    assert_eq!(rows_with(&ran, "check.csv", "status", "invalid"), small, "{rules}");
}

/// The part of a suggestion that is a remark, without the marks of one.
fn suggested_pattern(rules: &str) -> String {
    let lines = rules.lines().filter_map(|line| line.trim().strip_prefix("# "));
    let lines = lines.filter(|line| !line.contains("capital letters"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn the_counts_are_those_of_the_whole_run_also_after_it_was_killed_and_resumed() {
    let world = World::new(cutting()).file("contacts.csv", sheet(60));
    world.update(&["--limit", "25"]).expect(0);
    assert_eq!(account(&world)["rows"]["stored_otherwise"]["CITY"]["cut"], 12);
    let ran = world.update(&["--resume", "--limit", "45"]).expect(0);
    assert_eq!(account(&world)["rows"]["stored_otherwise"]["CITY"]["cut"], 24);
    assert!(ran.err.contains("CITY: 24 values cut at 10 characters\n"), "{}", ran.err);
    let standing = world.update(&["--resume", "--dry-run"]);
    assert!(standing.err.contains("CITY: 24 values cut at 10"), "{}", standing.err);
    let mut child = world.start(&["update", "contacts.csv", "--yes", "--resume", "--rate", "50/s"]);
    while world.updates().len() < 50 {
        sleep(Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    world.update(&["--resume"]).expect(0);
    let expected = json!({"CITY": {"cut": 36}, "STATE": {"case": 20}});
    assert_eq!(account(&world)["rows"]["stored_otherwise"], expected);
}

#[test]
fn one_length_is_claimed_only_where_it_tells_the_values_apart() {
    // Of the first contact, an answer shows a shorter city than was sent.
    let body = r#"'{"CUSTOMER_ID":"A","CUST_CONTACT":"C","CITY":"San"}'"#;
    let mut setup = faulty(&[&format!("update 1 status 200 body {body}")]);
    let rows = "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,San Jose\nB,C,Sacramento\nD,C,Oslo\n";
    let world = World::new(setup.clone()).file("contacts.csv", rows);
    let ran = world.update(&["--concurrency", "1"]).expect(0);
    let told = "CITY: 1 value cut at 3 characters, while others of up to 10 were stored whole\n";
    assert!(ran.err.contains(told), "{}", ran.err);
    assert!(suggested(&ran.err).lines().all(|line| line.trim().starts_with('#')), "{}", ran.err);
    setup.cut = vec![("CITY".into(), 6)];
    let world = World::new(setup).file("contacts.csv", rows);
    let ran = world.update(&["--concurrency", "1"]).expect(0);
    assert!(ran.err.contains("CITY: 2 values cut, at 3 to 6 characters, while"), "{}", ran.err);
}

#[test]
fn a_field_that_has_a_rule_already_is_not_begun_a_second_time() {
    let world = World::new(cutting())
        .config("[fields.CITY]\nrequired = true\n")
        .file("contacts.csv", sheet(20));
    let ran = world.update(&[]).expect(0);
    let told = "In the [fields.CITY] of config.toml, for the same:\n    max_length = 10\n";
    assert!(ran.err.contains(told), "{}", ran.err);
}

#[test]
fn what_a_field_held_before_tells_whether_a_value_was_ignored() {
    let answer = |city: &str| {
        format!(
            "update all status 200 body '{{\"CUSTOMER_ID\":\"A\",\"CUST_CONTACT\":\"C\",\"CITY\":\"{city}\"}}'"
        )
    };
    let known = || vec![contact("A", "C", &[("CITY", "Oslo")])];
    for (stored, flags, kind) in [
        ("Oslo", &["--changes"][..], "ignored"),
        ("Oslo", &["--skip-unchanged"], "ignored"),
        ("Kiel", &["--changes"], "rewritten"),
        ("Oslo", &[], "rewritten"),
        ("", &[], "ignored"),
        ("", &["--changes"], "rewritten"),
        (" Rome", &[], "trimmed"),
    ] {
        let mut setup = knowing(known());
        setup.faults = faulty(&[&answer(stored)]).faults;
        let world =
            World::new(setup).file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Rome\n");
        world.update(flags).expect(0);
        let counted = account(&world)["rows"]["stored_otherwise"]["CITY"].clone();
        assert_eq!(counted, json!({kind: 1}), "{stored} {flags:?}");
    }
}

/// A sandbox in a process of its own, and its address.
fn sandbox(world: &World, flags: &[&str]) -> (Child, String) {
    let mut command = world.command(flags);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut sandbox = command.spawn().expect("the program runs");
    let mut told = String::new();
    let out = sandbox.stdout.as_mut().expect("piped");
    BufReader::new(out).read_line(&mut told).expect("an address");
    let address = told.split_whitespace().last().expect("an address");
    (sandbox, address.to_owned())
}

#[test]
fn a_sandbox_knows_hidden_contacts_and_none_of_rows_that_cannot_be_trusted() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let rows = [
        ["CUSTOMER_ID", "CUST_CONTACT", "CITY", ""],
        ["A", "C", "Rome", ""],
        ["B", "C", "Oslo", ""],
        ["D", "C", "Bern", "of a column without a header"],
        ["", "C", "Wien", ""],
    ];
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, column, text).expect("written");
        }
    }
    sheet.set_row_hidden(2).expect("hidden");
    let world = World::new(faulty(&[]))
        .file("known.xlsx", book.save_to_buffer().expect("saved"))
        .file("contacts.csv", cities([("A", "Rome"), ("B", "Oslo"), ("D", "Bern")]));
    let (mut sandbox, address) = sandbox(&world, &["sandbox", "--contacts", "known.xlsx"]);
    let ran = world.at(&address).update(&["--skip-unchanged"]);
    sandbox.kill().expect("killed");
    let told = String::from_utf8(sandbox.wait_with_output().expect("ended").stderr).expect("UTF-8");
    assert_eq!(ran.column("status"), ["unchanged", "unchanged", "failed"]);
    assert_eq!(ran.column("MESSAGE_CODE"), ["", "", "RP_NOT_FOUND"]);
    assert!(told.contains("known.xlsx: 2 rows are left out"), "{told}");
    assert!(told.contains("the first is row 4"), "{told}");
}

#[test]
fn a_sandbox_of_its_own_rehearses_it() {
    let world = World::new(faulty(&[])).file("contacts.csv", sheet(20));
    let flags = ["sandbox", "--cut", "CITY=10", "--upper", "STATE", "--no-site-rules"];
    let (mut sandbox, address) = sandbox(&world, &flags);
    let ran = world.at(&address).update(&[]);
    sandbox.kill().expect("killed");
    sandbox.wait().expect("ended");
    assert!(ran.err.contains("CITY: 12 values cut at 10 characters\n"), "{}", ran.err);
    assert!(ran.err.contains("STATE: 7 values stored in capital letters\n"), "{}", ran.err);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn what_a_baseline_says_does_not_spoil_the_suggestion() {
    // The first city was cut, too, when it was sent; that it is left out now says nothing of how it is stored.
    let header = "CUSTOMER_ID,CUST_CONTACT,CITY\n";
    let world = World::new(cutting())
        .file("base.csv", format!("{header}A,C,Llanfairpwllgwyngyll\nB,C,Rome\n"))
        .file("contacts.csv", format!("{header}A,C,Llanfairpwllgwyngyll\nB,C,Villafranca\n"));
    let ran = world.update(&["--baseline", "base.csv"]).expect(0);
    assert_eq!(ran.column("status"), ["unchanged", "updated"]);
    assert!(!ran.err.contains("were stored whole"), "{}", ran.err);
    let is_rule = |line: &str| line.trim() == "max_length = 10";
    assert!(suggested(&ran.err).lines().any(is_rule), "{}", ran.err);
}
