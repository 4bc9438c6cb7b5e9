//! Records that several rows are for: whether those say the same, complete or contradict each other.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use rust_xlsxwriter::Workbook;

use crate::world::{World, contact, faulty, knowing};

const HEAD: &str =
    "Records in several rows; of each field the value of the last row that is sent stays:\n";

/// Rows of five records: two contradict themselves, one of them in three rows that mix kinds.
const SHEET: &str = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE,TITLE\n\
    A,C,Rome,NY,\n\
    B,C,Oslo,,\n\
    a ,C,Rome,NY,\n\
    D,C,Kiel,,\n\
    b,c,,CA,\n\
     D,C,Kiel,,\n\
    A, c,Bern,NY,Boss\n\
    E,C,Wien,NY,\n\
    e,C,Graz,CA,\n\
    F,C,Linz,,\n";

const TOLD: &str = "           2  contradictory: their rows give a field different values
                rows 2, 4, 8: CITY (last in row 8)
                rows 9, 10: CITY (last in row 10), STATE (last in row 10)
           1  complementary: their rows set different fields
                rows 3, 6: CITY, STATE
           1  identical: their rows say the same
                rows 5, 7\n";

/// The same rows as a workbook.
fn workbook(sheet: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let worksheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(sheet.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            worksheet.write_string(row, column, cell).expect("written");
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

#[test]
fn a_check_tells_how_the_rows_of_one_record_agree_the_worst_first() {
    let world =
        World::new(faulty(&[])).file("contacts.csv", SHEET).file("contacts.xlsx", workbook(SHEET));
    for file in ["contacts.csv", "contacts.xlsx"] {
        let out = world.run(&["check", file]).expect(0).out;
        assert!(out.contains(&format!("{HEAD}{TOLD}{file}: 10 rows would be sent")), "{out}");
        assert!(!world.run(&["check", file, "--quiet"]).expect(0).out.contains(HEAD));
        let out = world.run(&["check", file, "--format", "json"]).expect(0).out;
        let counts = r#""records_in_several_rows":{"contradictory":2,"complementary":1,"identical":1,"not_compared":0}"#;
        assert!(out.contains(counts), "{out}");
    }
}

#[test]
fn rows_on_standard_input_are_compared_too() {
    let world = World::new(faulty(&[]));
    let mut command = world.command(&["check", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    child.stdin.take().expect("piped").write_all(SHEET.as_bytes()).expect("written");
    let ran = world.ran(child.wait_with_output().expect("it ends")).expect(0);
    assert!(ran.out.contains(&format!("{HEAD}{TOLD}")), "{}", ran.out);
}

#[test]
fn a_plan_and_an_update_tell_it_and_the_last_row_stays() {
    let known = ["A", "B", "D", "E", "F"].map(|customer| contact(customer, "C", &[]));
    let world = World::new(knowing(known.to_vec())).file("contacts.csv", SHEET);
    let ran = world.run(&["plan", "contacts.csv", "--rate", "unlimited"]).expect(0);
    assert!(ran.out.contains(&format!("{HEAD}{TOLD}")), "{}", ran.out);
    let ran = world.update(&[]).expect(0);
    let told = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let fact = "Repeated 4 records are in several rows: 2 contradictory, 1 complementary, 1 identical; \
        rows 2, 4, 8: CITY (last in row 8); rows 9, 10: CITY (last in row 10), STATE (last in row 10)";
    assert!(told.contains(fact), "{told}");
    let stored = |customer: &str| world.stored(customer, "CITY").expect("a city");
    assert_eq!(["A", "B", "D", "E"].map(stored), ["Bern", "Oslo", "Kiel", "Graz"]);
    assert!(!world.update(&["--quiet"]).expect(0).err.contains("Repeated"));
}

#[test]
fn rows_that_cannot_be_trusted_or_stand_beyond_the_limit_are_not_compared() {
    // The third row has a cell too few, the fourth stands beyond the limit.
    let sheet =
        "CUSTOMER_ID,CUST_CONTACT,CITY,STATE\nA,C,Rome,NY\nA,C,Rome,NY\nA,C,Oslo\nA,C,Kiel,NY\n";
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    let dry = ["update", "contacts.csv", "--dry-run", "--limit"];
    let out = world.run(&[&dry[..], &["3"]].concat()).expect(1).out;
    assert!(
        out.contains("1  identical: their rows say the same\n                rows 2, 3\n"),
        "{out}"
    );
    let out = world.run(&[&dry[..], &["4"]].concat()).expect(1).out;
    assert!(out.contains("rows 2, 3, 5: CITY (last in row 5)\n"), "{out}");
    let out = world.run(&[&dry[..], &["1"]].concat()).expect(0).out;
    assert!(!out.contains(HEAD), "{out}");
    let none = World::new(faulty(&[])).file("contacts.csv", sheet.replace("Kiel", "<clear>"));
    let out = none.run(&["check", "contacts.csv"]).expect(1).out;
    assert!(out.contains("rows 2, 3, 5: CITY (last in row 5)\n"), "{out}");
}

#[test]
fn rows_that_are_not_sent_do_not_count_among_those_whose_value_stays() {
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY,E_MAIL\nA,C,Rome,a@b.de\nA,C,Oslo,bad\n";
    let more = format!("{sheet}A,C,Kiel,\nA,C,Wien,bad\n");
    let world = World::new(faulty(&[])).file("two.csv", sheet).file("contacts.csv", more);
    let out = world.run(&["check", "two.csv"]).expect(1).out;
    assert!(!out.contains(HEAD), "{out}");
    let out = world.run(&["check", "contacts.csv"]).expect(1).out;
    assert!(out.contains("rows 2, 4: CITY (last in row 4)\n"), "{out}");
    let out = world.run(&["check", "contacts.csv", "--strict"]).expect(1).out;
    assert!(!out.contains(HEAD), "{out}");
    let ran = world.update(&[]).expect(1);
    assert!(ran.err.contains("rows 2, 4: CITY (last in row 4)"), "{}", ran.err);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Kiel"));
}

#[test]
fn long_lists_are_not_shown_and_what_is_not_compared_is_said() {
    let mut sheet = "CUSTOMER_ID,CUST_CONTACT,CITY\n".to_owned();
    for round in ["Rome", "Oslo"] {
        for key in 0..10_005 {
            writeln!(sheet, "K{key},C,{round}").expect("memory is always written");
        }
    }
    sheet += &"K0,C,Rome\n".repeat(20);
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    let out = world.run(&["check", "contacts.csv"]).expect(0).out;
    let (_, told) = out.split_once(HEAD).expect("records in several rows");
    let lines: Vec<_> = told.lines().map(str::trim).collect();
    assert_eq!(lines[0], "10,000  contradictory: their rows give a field different values");
    let first = "rows 2, 10007, 20012, 20013, 20014, 20015, 20016, 20017 and 14 more rows: CITY (last in row 20031)";
    assert_eq!(lines[1], first);
    assert_eq!(lines[11], "and 9,990 more");
    assert_eq!(lines[12], "5 not compared: only the first 10,000 are");
    assert!(lines[13].starts_with("contacts.csv: 20,030 rows would be sent"));
}
