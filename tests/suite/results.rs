//! Results and rejects: one line a row, in order, and rows that can be mended and fed back.

use std::fmt::Write as _;

use crate::world::{World, cities, faulty};

/// 1,000 valid, 50 invalid and 50 refused rows, mixed; every key is its own.
fn mixed() -> String {
    (0..1_100).fold("CUSTOMER_ID,CUST_CONTACT,CITY\n".to_owned(), |mut text, row| {
        let line = match row % 22 {
            5 => format!("X{row},,Rome"),
            16 => format!("REFUSED,C{row},Rome"),
            _ => format!("K{row},C,Rome"),
        };
        writeln!(text, "{line}").expect("memory is always written");
        text
    })
}

#[test]
fn every_row_has_its_line_and_rejects_fed_back_give_the_same_refusals() {
    let world = World::new(faulty(&["update key REFUSED status 500 message no code E1"]))
        .file("contacts.csv", mixed());
    let ran = world.update(&["--concurrency", "16"]).expect(1);
    let results = ran.results();
    assert_eq!(results.len(), 1_100);
    for (line, row) in results.iter().zip(0..) {
        assert_eq!(line["row"], (row + 2).to_string());
        let expected = match row % 22 {
            5 => ("invalid", "RP_KEY"),
            16 => ("failed", "E1"),
            _ => ("updated", ""),
        };
        assert_eq!((line["status"].as_str(), line["MESSAGE_CODE"].as_str()), expected, "row {row}");
    }
    let first = ran.table("contacts.csv.rejects.csv");
    assert_eq!(first.len(), 100);
    let again = world.run(&[
        "update",
        "contacts.csv.rejects.csv",
        "--yes",
        "--rate",
        "unlimited",
        "--max-failures",
        "100%",
    ]);
    let again = again.expect(1);
    let without_row = |lines: Vec<std::collections::BTreeMap<String, String>>| -> Vec<[String; 4]> {
        let of = |line: std::collections::BTreeMap<String, String>| {
            ["CUSTOMER_ID", "CUST_CONTACT", "MESSAGE_CODE", "status"]
                .map(|column| line[column].clone())
        };
        lines.into_iter().map(of).collect()
    };
    let refused: Vec<_> = results.into_iter().filter(|line| line["status"] != "updated").collect();
    assert_eq!(
        without_row(again.table("contacts.csv.rejects.csv.results.csv")),
        without_row(refused)
    );
    assert_eq!(again.table("contacts.csv.rejects.csv.rejects.csv").len(), 100);
}

#[test]
fn a_rejected_row_that_a_later_one_overtook_says_so_and_is_followed_by_it() {
    let rows = [("A", "refused"), ("B", "1"), ("A", "newer"), ("A", "newest")];
    let world = World::new(faulty(&["update 1 status 500 message no code E1"]))
        .file("contacts.csv", cities(rows));
    let ran = world.update(&["--concurrency", "1"]).expect(1);
    assert_eq!(ran.column("status"), ["failed", "updated", "updated", "updated"]);
    let rejects = ran.table("contacts.csv.rejects.csv");
    let cells: Vec<_> =
        rejects.iter().map(|line| (line["CITY"].as_str(), line["MESSAGE_CODE"].as_str())).collect();
    assert_eq!(cells, [("refused", "E1"), ("newer", ""), ("newest", "")]);
    assert!(rejects[0]["MESSAGE"].contains("row 5 has since updated"), "{:?}", rejects[0]);
    world.run(&["update", "contacts.csv.rejects.csv", "--yes"]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("newest"));
}

#[test]
fn ragged_rows_are_rejected_as_they_are() {
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C\nB,C,Rome,extra\n\nD,C,\"Ro\nme\"\n";
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    let ran = world.update(&[]).expect(1);
    assert_eq!(ran.column("row"), ["2", "3", "5"]);
    assert_eq!(ran.column("MESSAGE_CODE"), ["RP_COLUMNS", "RP_COLUMNS", ""]);
    let again =
        world.run(&["check", "contacts.csv.rejects.csv", "--results", "again.csv"]).expect(1);
    let codes: Vec<_> =
        again.table("again.csv").into_iter().map(|line| line["MESSAGE_CODE"].clone()).collect();
    assert_eq!(codes, ["RP_COLUMNS", "RP_COLUMNS"]);
    assert_eq!(world.stored("D", "CITY").as_deref(), Some("Ro\nme"));
}

#[test]
fn what_an_earlier_run_wrote_is_kept_under_a_dated_name() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    world.update(&[]).expect(0);
    let ran = world.update(&[]).expect(0);
    assert!(ran.err.contains("an earlier one is kept as"), "{}", ran.err);
    let results = std::fs::read_dir(world.path(".")).expect("a folder").filter_map(Result::ok);
    let names = results.map(|entry| entry.file_name().into_string().expect("UTF-8"));
    assert_eq!(names.filter(|name| name.starts_with("contacts.csv.results")).count(), 2);
}

#[test]
fn a_named_file_is_kept_whatever_takes_its_place() {
    let books = "account,amount\n4000,17\n";
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    let in_place = |name: &str| std::fs::read_to_string(world.path(name)).expect("a file");
    for flags in [
        &["check", "contacts.csv", "--results", "books.csv"][..],
        &["update", "contacts.csv", "--dry-run", "--results", "books.csv"],
        &["update", "contacts.csv", "--sandbox", "--yes", "--results", "books.csv"],
    ] {
        std::fs::write(world.path("books.csv"), books).expect("written");
        let ran = world.run(flags).expect(0);
        let told = [ran.out.as_str(), &ran.err].concat();
        let (_, kept) = told.split_once("an earlier one is kept as ").expect(&told);
        let (kept, _) = kept.split_once(')').expect(&told);
        assert_eq!(in_place(kept), books, "{flags:?}");
        assert_eq!(ran.table("books.csv").len(), 1);
    }
}

#[test]
fn results_take_the_place_of_nothing_that_is_read_and_of_no_pipe() {
    let world = World::new(faulty(&[]))
        .file("contacts.csv", cities([("A", "Rome")]))
        .file("base.csv", cities([("A", "Oslo")]));
    let baseline = &["--baseline", "base.csv"][..];
    for (results, flags, told) in [
        ("config.toml", &[][..], "results are a .csv or an .xlsx file"),
        ("letter.docx", &[], "results are a .csv or an .xlsx file"),
        ("base.csv", baseline, "would take the place of base.csv"),
        ("base.xlsx", &[], ""),
    ] {
        let ran = world.update(&[&["--results", results], flags].concat());
        let ran = ran.expect(if told.is_empty() { 0 } else { 2 });
        assert!(ran.err.contains(told), "{results}: {}", ran.err);
    }
    assert_eq!(world.updates().len(), 1);
    let ran = world.run(&["plan", "contacts.csv", "--out", "plan.xlsx"]).expect(2);
    assert!(ran.err.contains("a plan is a CSV file"), "{}", ran.err);
    let several = ["plan", "contacts.csv", "base.csv", "--out", "plan.csv"];
    let ran = world.run(&several).expect(2);
    assert!(ran.err.contains("--out names one file, and 2 files"), "{}", ran.err);
    let onto_baseline = [&["plan", "contacts.csv", "--out", "base.csv"], baseline].concat();
    let ran = world.run(&onto_baseline).expect(2);
    assert!(ran.err.contains("would take the place of base.csv, which is read"), "{}", ran.err);
    #[cfg(unix)]
    {
        let pipe = world.path("pipe.csv");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo runs").success());
        let ran = world.update(&["--results", "pipe.csv"]).expect(2);
        assert!(ran.err.contains("it is a pipe or a device"), "{}", ran.err);
        assert!(!std::fs::metadata(&pipe).expect("it stands").is_file());
    }
}

#[test]
fn a_log_goes_on_where_it_ended_and_spoils_no_other_file() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    for runs in 1..=2 {
        world.update(&["--log-file", "log.jsonl"]).expect(0);
        let log = std::fs::read_to_string(world.path("log.jsonl")).expect("a log");
        assert_eq!(log.matches("a file is begun").count(), runs, "{log}");
    }
    for name in ["contacts.csv", "config.toml"] {
        let before = std::fs::read(world.path(name)).expect("a file");
        let ran = world.update(&["--log-file", name]).expect(2);
        assert!(ran.err.contains("is no log of rowpatch"), "{}", ran.err);
        assert_eq!(std::fs::read(world.path(name)).expect("a file"), before);
    }
}

#[test]
fn results_go_where_they_are_asked_for() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.update(&["--results", "-"]).expect(0);
    assert!(ran.out.starts_with("\u{feff}row,CUSTOMER_ID,CUST_CONTACT,status"), "{}", ran.out);
    let ran = world.update(&["--results", "out.csv"]).expect(0);
    assert_eq!(ran.table("out.csv").len(), 1);
    let ran = world.update(&["--results", "missing/out.csv"]).expect(2);
    assert!(ran.err.contains("missing/out.csv"), "{}", ran.err);
    assert_eq!(world.updates().len(), 2, "nothing is sent that could not be told");
}

#[cfg(unix)]
#[test]
fn what_a_run_writes_is_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(faulty(&["update 1 status 500 message no"]))
        .file("contacts.csv", cities([("A", "Rome")]));
    world.update(&[]).expect(1);
    for name in ["contacts.csv.results.csv", "contacts.csv.rejects.csv"] {
        let mode = std::fs::metadata(world.path(name)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_file_that_changes_between_two_reads_stops_the_run() {
    let keys: Vec<String> = (0..40_000).map(|row| format!("K{row}")).collect();
    let sheet = cities(keys.iter().map(|key| (key.as_str(), "Rome")));
    let world = World::new(faulty(&[])).file("contacts.csv", &sheet);
    let mut child = world
        .command(&["update", "contacts.csv", "--yes", "--rate", "2000/s"])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    while world.updates().is_empty() {
        assert!(child.try_wait().expect("a child").is_none(), "it ended before it sent anything");
        std::thread::yield_now();
    }
    std::fs::write(world.path("contacts.csv"), sheet.replace("Rome", "Oslo")).expect("written");
    let ran = world.ran(child.wait_with_output().expect("it ends")).expect(3);
    assert!(ran.err.contains("was changed while it was being read"), "{}", ran.err);
    let updated = ran.column("status").iter().filter(|status| *status == "updated").count();
    assert_eq!(updated, world.updates().len(), "what was sent is told");
    assert!(updated < 40_000);
    assert!(ran.err.contains(&format!("{updated} of 40000 rows updated")), "{}", ran.err);
    assert!(ran.err.contains("rows have no line in the results"), "{}", ran.err);
    let account = std::fs::read_to_string(world.path("contacts.csv.run.json")).expect("an account");
    let account: serde_json::Value = serde_json::from_str(&account).expect("JSON");
    assert_eq!(account["left_to_do"], 40_000 - updated);
    assert!(ran.has("contacts.csv.results.journal"));
    let wrong = world.updates().iter().filter(|update| update.fields["CITY"] != "Rome").count();
    assert_eq!(wrong, 0, "no row of the changed file was sent");
}
