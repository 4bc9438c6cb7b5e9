//! `--baseline`: what is equal to an export or to last night's file is not sent, and nobody's work is reverted.

use std::time::Duration;

use crate::world::{Ran, World, contact, faulty, knowing};

const HEADER: &str = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE,TITLE\n";

fn sheet(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

/// A world with a baseline and a sheet.
fn world(baseline: &str, rows: &str) -> World {
    World::new(faulty(&[]))
        .file("base.csv", sheet(baseline))
        .file("contacts.csv", sheet(rows))
        .config("max_clears = 9\n")
}

fn update(world: &World, flags: &[&str]) -> Ran {
    world.update(&[&["--baseline", "base.csv"], flags].concat())
}

/// What was sent: customer, and each field with its value.
fn sent(world: &World) -> Vec<String> {
    let told = |request: rowpatch::sandbox::record::Received| {
        let customer = request.fields["CUSTOMER_ID"].clone();
        let fields = request.fields.iter().filter(|(name, _)| !name.starts_with("CUST"));
        fields.fold(customer, |text, (name, value)| format!("{text} {name}={value}"))
    };
    let mut sent: Vec<_> = world.updates().into_iter().map(told).collect();
    sent.sort();
    sent
}

#[test]
fn only_what_differs_is_sent() {
    let base = "A,C,Rome,NY,Dr.\nB,C, Oslo ,NY,\nC,C,Bonn,<clear>,Dr.\nE,C,Kiel,,\n";
    let rows =
        "a,c,Rome,NY,Dr.\nB,C,Oslo,NJ,\nC,C,<clear>,<CLEAR>,Dr.\nD,C,Ulm,NY,\nE,C,,<clear>,\n";
    let world = world(base, rows);
    let ran = update(&world, &[]).expect(0);
    assert_eq!(ran.column("status"), ["unchanged", "updated", "updated", "updated", "updated"]);
    assert_eq!(ran.column("fields"), ["", "STATE", "CITY", "CITY STATE", "STATE"]);
    // A blank cell of the baseline says nothing: E's state might hold anything.
    assert_eq!(sent(&world), ["B STATE=NJ", "C CITY=", "D CITY=Ulm STATE=NY", "E STATE="]);
    for told in [
        "base.csv: 1 row holds nothing new; 1 row is of records that are not in it, and sent whole",
        "1 cell is blank here and not in it",
        "Rows         4 to send, 0 invalid",
        "2 CELLS WILL BE BLANKED",
    ] {
        let lines = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(lines.contains(&told), "{told}: {}", ran.err);
    }
    assert!(world.queries().is_empty(), "it has no stamps");
}

#[test]
fn check_and_plan_know_it_too() {
    let known = contact("A", "C", &[("CITY", "Rome"), ("STATE", "NY")]);
    let world = World::new(knowing(vec![known]))
        .file("base.csv", sheet("A,C,Bonn,NY,\nB,C,Rome,,\n"))
        .file("contacts.csv", sheet("A,C,Oslo,NJ,\nB,C,Rome,,\n"));
    let arguments = ["contacts.csv", "--baseline", "base.csv", "--results", "checked.csv"];
    let ran = world.run(&[&["check"], &arguments[..]].concat()).expect(0);
    assert!(ran.out.contains("1 row would be sent, 0 are invalid"), "{}", ran.out);
    assert!(ran.out.contains("base.csv: 1 row holds nothing new"), "{}", ran.out);
    let lines = ran.table("checked.csv");
    let told: Vec<_> = lines.iter().map(|line| (&*line["status"], &*line["fields"])).collect();
    assert_eq!(told, [("valid", "CITY STATE"), ("unchanged", "")]);
    let ran = world.run(&["plan", "contacts.csv", "--baseline", "base.csv"]).expect(0);
    assert!(ran.out.contains("1 row of 2 would change 2 fields"), "{}", ran.out);
    assert_eq!(world.queries().len(), 1, "the row that holds nothing new is not asked for");
}

#[test]
fn other_line_ends_are_no_change() {
    let base = "A,C,\"one\r\ntwo\",NY,\nB,C,\"one\r\ntwo\",NY,\n";
    let world = world(base, "A,C,\"one\ntwo\",NY,\nB,C,\"one\n\ntwo\",NY,\n");
    assert_eq!(update(&world, &[]).expect(0).column("status"), ["unchanged", "updated"]);
}

#[test]
fn a_record_that_comes_several_times_ends_as_its_last_row_has_it() {
    // The second row of A is equal to the baseline, and must undo the first; B's says nothing of what the first changed.
    let base = "A,C,Rome,NY,\nB,C,Rome,NY,\n";
    let rows = "A,C,Oslo,NY,\nB,C,Oslo,,\na,c,Rome,NY,\nB,C,,NY,\n";
    let world = world(base, rows);
    let ran = update(&world, &[]).expect(0);
    assert_eq!(ran.column("fields"), ["CITY", "CITY", "CITY", ""]);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
    assert_eq!(ran.column("status")[3], "unchanged");
}

#[test]
fn of_several_rows_of_a_baseline_the_last_filled_cell_counts() {
    let world = world("A,C,Rome,NY,\nA,C,Oslo,,\n", "A,C,Oslo,NY,\n");
    assert_eq!(update(&world, &[]).expect(0).column("status"), ["unchanged"]);
    let world = self::world("A,C,Rome,NY,\nA,C,Oslo,,\n", "A,C,Rome,NY,\n");
    assert_eq!(update(&world, &[]).expect(0).column("fields"), ["CITY"]);
}

#[test]
fn what_the_checks_dislike_counts_only_where_it_is_new() {
    let header = "CUSTOMER_ID,CUST_CONTACT,E_MAIL,CITY\n";
    let world = World::new(faulty(&[]))
        .file(
            "base.csv",
            format!("{header}A,C,none,Rome\nB,C,none,Rome\nC,C,b@c.example,Rome\nD,C,,\n"),
        )
        .file(
            "contacts.csv",
            format!("{header}A,C,none,Rome\nB,C,none,Oslo\nC,C,none,Rome\nD,C,,\nE,C,,\n"),
        );
    let ran = update(&world, &[]).expect(1);
    let expected = ["unchanged", "updated", "invalid", "unchanged", "invalid"];
    assert_eq!(ran.column("status"), expected);
    assert_eq!(sent(&world), ["B CITY=Oslo"]);
}

#[test]
fn a_cell_with_an_error_is_invalid_however_often_it_stood_there() {
    let world = World::new(faulty(&[]));
    for name in ["base.xlsx", "contacts.xlsx"] {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (column, header) in (0..).zip(["CUSTOMER_ID", "CUST_CONTACT", "CITY"]) {
            sheet.write_string(0, column, header).expect("written");
            sheet.write_string(1, column, "A").expect("written");
        }
        let formula = rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A");
        sheet.write_formula(1, 2, formula).expect("written");
        book.save(world.path(name)).expect("saved");
    }
    let ran = world.run(&["check", "contacts.xlsx", "--baseline", "base.xlsx"]).expect(1);
    assert!(ran.out.contains("RP_ERROR_CELL"), "{}", ran.out);
}

#[test]
fn a_value_for_every_row_is_sent_unless_the_baseline_shows_it() {
    let header = "CUSTOMER_ID,CUST_CONTACT,CITY";
    let world = World::new(faulty(&[]))
        .config("[set]\nSTATE = \"NY\"\n")
        .file("base.csv", format!("{header},STATE\nA,C,Rome,NY\nB,C,Rome,NJ\n"))
        .file("contacts.csv", format!("{header}\nA,C,Rome\nB,C,Rome\n"));
    let ran = update(&world, &[]).expect(0);
    assert_eq!(ran.column("status"), ["unchanged", "updated"]);
    assert_eq!(sent(&world), ["B STATE=NY"]);
}

/// A world whose contacts were exported as base.csv.
fn exported(rows: &str) -> World {
    let known = ["A", "B"].map(|name| contact(name, "C", &[("CITY", "Rome"), ("STATE", "NY")]));
    let world = World::new(knowing(known.into())).file("contacts.csv", sheet(rows));
    let arguments = ["export", "--where", "CITY=Rome", "--out", "base.csv", "--rate", "unlimited"];
    world.run(&arguments).expect(0);
    world
}

/// Somebody else changes A, so much later that the ERP's clock shows it.
fn meanwhile(world: World) -> World {
    std::thread::sleep(Duration::from_millis(1_100));
    let world = world.file("other.csv", "CUSTOMER_ID,CUST_CONTACT,TITLE\nA,C,Prof.\n");
    world.run(&["update", "other.csv", "--yes", "--rate", "unlimited"]).expect(0);
    world
}

#[test]
fn a_record_that_was_updated_since_is_a_conflict() {
    let world = meanwhile(exported("A,C,Oslo,NY,\nB,C,Oslo,NY,\n"));
    let planned = world.run(&["plan", "contacts.csv", "--baseline", "base.csv"]).expect(1);
    assert!(planned.out.contains("1  would_update") && planned.out.contains("1  conflict"));
    for flags in [&[][..], &["--skip-unchanged", "--start-over"]] {
        let ran = update(&world, flags).expect(1);
        assert_eq!(ran.column("status")[0], "conflict");
        assert_eq!(ran.column("MESSAGE_CODE")[0], "RP_MOVED");
        assert!(ran.column("MESSAGE")[0].contains("TIME_LAST_UPDT is \""), "{:?}", ran.results());
    }
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
    assert_eq!(world.stored("B", "CITY").as_deref(), Some("Oslo"));
    // Whoever does not want to know leaves the stamps out.
    let flags = ["DATE_LAST_UPDT", "TIME_LAST_UPDT"].map(|stamp| ["--ignore-column", stamp]);
    update(&world, &[&flags.concat()[..], &["--start-over"]].concat()).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Oslo"));
}

#[test]
fn what_the_record_already_holds_is_no_conflict() {
    let world = exported("A,C,Oslo,NY,\nB,C,Oslo,NY,\n");
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(update(&world, &[]).expect(0).column("status"), ["updated", "updated"]);
    let world = world.file("contacts.csv", sheet("A,C,Oslo,NY,\nB,C,Oslo,,Dr.\n"));
    let ran = update(&world, &["--start-over"]).expect(1);
    assert_eq!(ran.column("status"), ["unchanged", "conflict"]);
}

#[test]
fn what_the_run_itself_has_done_is_no_conflict() {
    let world = exported("A,C,Oslo,NY,\nB,C,Oslo,NY,\na,c,Ulm,NJ,\nA,C,Rome,NY,\n");
    // So slow that each row moves the stamps.
    let slow = ["update", "contacts.csv", "--baseline", "base.csv", "--yes", "--rate", "1/s"];
    let ran = world.run(&slow).expect(0);
    assert_eq!(ran.column("fields"), ["CITY", "CITY", "CITY STATE", "CITY STATE"]);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
}

#[test]
fn nor_is_it_after_an_interruption_and_what_others_did_is() {
    let rows = "A,C,Oslo,NY,\nA,C,Ulm,NY,\nA,C,Kiel,NY,\n";
    let world = exported(rows);
    // Only then the stamps show that the run has moved them.
    std::thread::sleep(Duration::from_millis(1_100));
    update(&world, &["--limit", "1"]).expect(0);
    let ran = update(&world, &["--resume", "--limit", "2"]).expect(0);
    assert_eq!(ran.column("status"), ["updated", "updated", "not_sent"]);
    let world = meanwhile(world);
    let ran = update(&world, &["--resume"]).expect(1);
    assert_eq!(ran.column("status"), ["updated", "updated", "conflict"]);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Ulm"));
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_one_that_never_was() {
    let known: Vec<_> = (0..200)
        .map(|number| contact(&format!("K{number}"), "C", &[("CITY", "Rome"), ("STATE", "NY")]))
        .collect();
    let rows: String = (0..600)
        .map(|row| match row % 3 {
            0 => format!("K{},C,Oslo {row},NY,\n", row % 200),
            1 => format!("K{},C,Rome,,\n", row % 200),
            _ => format!("K{},C,,NY,\n", row % 200),
        })
        .collect();
    let begun = || {
        let world = World::new(knowing(known.clone())).file("contacts.csv", sheet(&rows));
        let flags = ["--where", "STATE=NY", "--out", "base.csv", "--rate", "unlimited"];
        world.run(&[&["export"], &flags[..]].concat()).expect(0);
        world
    };
    let told = |world: &World, flags: &[&str]| {
        let ran = update(world, flags).expect(0);
        let mut lines = ran.results();
        for line in &mut lines {
            line.retain(|name, _| !["attempts", "elapsed_ms", "finished_at"].contains(&&**name));
        }
        let city = |number: usize| world.stored(&format!("K{number}"), "CITY");
        (lines, (0..200).map(city).collect::<Vec<_>>())
    };
    let (world, calm) = (begun(), begun());
    // Only then the stamps show that the run has moved them.
    std::thread::sleep(Duration::from_millis(1_100));
    let mut random = fastrand::Rng::with_seed(5);
    let slow = ["update", "contacts.csv", "--baseline", "base.csv", "--yes", "--resume"];
    let mut deaths = 0;
    for _ in 0..8 {
        let mut child = world.start(&[&slow[..], &["--rate", "150/s"]].concat());
        std::thread::sleep(Duration::from_millis(random.u64(200..700)));
        child.kill().expect("killed, or ended");
        child.wait().expect("a child");
        deaths += usize::from(world.path("contacts.csv.results.journal").exists());
    }
    assert!(deaths > 3, "{deaths}");
    assert_eq!(told(&world, &["--resume"]), told(&calm, &[]));
}

#[test]
fn only_with_the_same_baseline_is_a_run_resumed() {
    let world = world("A,C,Rome,NY,\n", "A,C,Oslo,NY,\nB,C,Oslo,NY,\n")
        .file("other.csv", sheet("A,C,Bonn,NY,\n"));
    update(&world, &["--limit", "1"]).expect(0);
    let ran = world.update(&["--resume"]).expect(2);
    assert!(ran.err.contains("made with a --baseline"), "{}", ran.err);
    let ran = world.update(&["--resume", "--baseline", "other.csv"]).expect(2);
    assert!(ran.err.contains("made with another --baseline"), "{}", ran.err);
    assert_eq!(update(&world, &["--resume"]).expect(0).column("status"), ["updated", "updated"]);
    assert_eq!(sent(&world), ["A CITY=Oslo", "B CITY=Oslo STATE=NY"]);
}

#[test]
fn a_baseline_that_makes_no_sense_is_refused() {
    let world = world("A,C,Rome,NY,\n", "A,C,Oslo,NY,\n");
    let ran = world.update(&["--baseline", "contacts.csv"]).expect(2);
    assert!(ran.err.contains("its own baseline"), "{}", ran.err);
    let ran = world.update(&["--baseline", "none.csv"]).expect(2);
    assert!(ran.err.contains("the baseline cannot be used"), "{}", ran.err);
    let plan = ["update", "--plan", "base.csv", "--baseline", "base.csv", "--yes"];
    assert!(world.run(&plan).expect(2).err.contains("cannot be used with"));
    assert!(world.updates().is_empty());
}

#[test]
fn several_files_have_no_baseline_in_common() {
    let world =
        world("A,C,Rome,NY,\n", "A,C,Oslo,NY,\n").file("later.csv", sheet("A,C,Rome,NY,\n"));
    let files = ["contacts.csv", "later.csv", "--baseline", "base.csv"];
    for verb in [&["check"][..], &["plan"], &["update", "--yes"], &["update", "--dry-run"]] {
        let ran = world.run(&[verb, &files].concat()).expect(2);
        assert!(ran.err.contains("--baseline is for one file, and 2 files"), "{}", ran.err);
    }
    assert!(world.received().is_empty());
}
