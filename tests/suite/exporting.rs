//! `export`: records into a spreadsheet, of which every value survives the way back.

use std::path::Path;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;

use crate::thousand;
use crate::world::{Line, Ran, World, contact, faulty, knowing};

fn export(world: &World, flags: &[&str]) -> Ran {
    world.run(&[&["export", "--rate", "unlimited"], flags].concat())
}

/// The cells of a workbook, as texts.
pub fn cells(path: &Path) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        other => panic!("{other:?} is no text"),
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

/// Writes a workbook of these texts, as a person's program would.
pub fn save(path: &Path, cells: &[Vec<String>]) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Records").expect("a name");
    for (row, cells) in (0..).zip(cells) {
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).expect("written");
        }
    }
    book.save(path).expect("saved");
}

#[test]
fn of_an_export_that_was_edited_the_changed_cells_are_sent_and_nothing_else() {
    let world = thousand::world();
    export(&world, &["--where", "CUSTOMER_ID=CUST*", "--out", "export.xlsx"]).expect(0);
    assert_eq!(world.queries().len(), 1);
    let mut sheet = cells(&world.path("export.xlsx"));
    assert_eq!(sheet.len(), 1_001);
    let column = |name: &str| sheet[0].iter().position(|header| header == name).expect("a column");
    let (city, notes) = (column("CITY"), column("NOTES"));
    let mut expected = Vec::new();
    for number in 0..25 {
        // Among them the keys that a query would misread, which come last.
        let row = &mut sheet[1_000 - number * 40];
        let (column, field) = if number % 2 == 0 { (city, "CITY") } else { (notes, "NOTES") };
        row[column] = format!("new {number}");
        let fields = [("CUSTOMER_ID", &row[0]), ("CUST_CONTACT", &row[1]), (field, &row[column])];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.clone()));
        expected.push(Line::from(fields));
    }
    save(&world.path("edited.xlsx"), &sheet);
    let edited = ["edited.xlsx", "--baseline", "export.xlsx", "--rate", "unlimited"];
    let planned = world.run(&[&["plan"], &edited[..]].concat()).expect(0);
    assert!(planned.out.contains("25 rows of 1,000 would change 25 fields."), "{}", planned.out);
    let before = world.queries().len();
    let ran = world.run(&[&["update", "--yes"], &edited[..]].concat()).expect(0);
    assert!(ran.err.contains("975  unchanged") && ran.err.contains("25  updated"), "{}", ran.err);
    let mut sent: Vec<_> = world.updates().into_iter().map(|update| update.fields).collect();
    sent.sort();
    expected.sort();
    assert_eq!(sent, expected);
    assert!(world.queries().len() - before <= 25, "only records that are changed are looked at");
}

/// Texts that something on the way might take for something else.
const ODD: [(&str, &str); 21] = [
    ("ZIP_CODE", "01234"),
    ("FIRST_NAME", "=1+1"),
    ("LAST_NAME", "+49 30"),
    ("INITIAL", " x "),
    ("TITLE", "4.09E+09"),
    ("MAIL_STOP", "2024-01-02"),
    ("ADDRESS_1", "two\nlines"),
    ("ADDRESS_2", "say \"a, b; c\""),
    ("ADDRESS_3", "'0"),
    ("STATE", "_x0041_"),
    ("COUNTRY", "TRUE"),
    ("SOFCT_USER_1", "12345678901234567890"),
    ("SOFCT_USER_2", "ü \u{1F600} \u{3a9}"),
    ("E_MAIL", "n/a"),
    ("PHONE_NO", "a\tb"),
    ("FAX_NO", "x\r\ny"),
    ("PAGER_NO", "\u{1}z"),
    ("WEB_ADDRESS", "_x000D_"),
    ("SOFCT_USER_3", "  "),
    ("SOFCT_USER_4", "a\n"),
    ("SOFCT_USER_5", "\r"),
];

#[test]
fn every_value_stands_in_the_export_as_it_is_and_an_unedited_copy_changes_nothing() {
    let fields = [&ODD[..], &[("CITY", "<Clear>"), ("NOTES", "#N/A")]].concat();
    let world = World::new(knowing(vec![contact("0A", "=C", &fields), contact("B", "C", &[])]));
    for (name, copy) in [("export.xlsx", "copy.xlsx"), ("export.csv", "copy.csv")] {
        let ran = export(&world, &["--where", "CUSTOMER_ID=*", "--out", name]).expect(0);
        assert!(ran.err.contains("0A / =C CITY: the text would blank the field"), "{}", ran.err);
        std::fs::copy(world.path(name), world.path(copy)).expect("copied");
        let shown = world.run(&["show", name]).expect(0).out;
        let mut shown = csv::Reader::from_reader(shown.trim_start_matches('\u{feff}').as_bytes());
        let headers = shown.headers().expect("a header").clone();
        let row = shown.records().next().expect("a row").expect("cells");
        let cell = |name: &str| &row[headers.iter().position(|header| header == name).expect(name)];
        assert_eq!((cell("CUSTOMER_ID"), cell("CUST_CONTACT"), cell("CITY")), ("0A", "=C", ""));
        for (field, value) in ODD {
            // A workbook has line ends of its own.
            let value = value.replace("\r\n", if name.ends_with("csv") { "\r\n" } else { "\n" });
            assert_eq!(cell(field), value, "{name}: {field}");
        }
        let arguments = ["update", copy, "--baseline", name, "--yes", "--rate", "unlimited"];
        let ran = world.run(&arguments).expect(0);
        assert!(ran.err.contains("2  unchanged"), "{}", ran.err);
        let ran = world.run(&["check", copy, "--baseline", name]).expect(0);
        assert!(ran.out.contains("DATE_LAST_UPDT (only the ERP sets it)"), "{}", ran.out);
    }
    assert!(world.updates().is_empty());
}

#[test]
fn a_plain_export_is_taken_as_it_is_without_a_baseline_too() {
    let known = contact("A", "C", &[("ZIP_CODE", "01234"), ("CITY", "Rome"), ("COUNTRY", "IT")]);
    let world = World::new(knowing(vec![known]));
    export(&world, &["--where", "CITY=Rome", "--out", "export.xlsx"]).expect(0);
    let ran = world.run(&["check", "export.xlsx", "--strict"]).expect(0);
    assert!(ran.out.contains("1 row would be sent, 0 are invalid."), "{}", ran.out);
    let ran = world.run(&["update", "export.xlsx", "--yes", "--skip-unchanged"]).expect(0);
    assert!(ran.err.contains("1  unchanged"), "{}", ran.err);
}

#[test]
fn the_records_of_a_sheet_of_keys_come_in_its_order_each_once() {
    let known = [("A", "C%"), ("A", "X,Y"), ("B", "IN C"), ("b", "D")];
    let known = known.map(|(customer, name)| contact(customer, name, &[("CITY", name)]));
    let keys = "Who,Remark,Customer ID\nD,x,B\n\"X,Y\",y,a\nNone,z,A\nd,again,b\n,no key,B\nIN C,,B\nC%,,A\n";
    let world = World::new(knowing(known.into())).file("keys.csv", keys);
    let like = ["--like", "keys.csv", "--map", "Who=CUST_CONTACT", "--fields", "city"];
    let ran = export(&world, &[&like[..], &["--out", "export.csv"]].concat()).expect(1);
    let found = ran.table("export.csv");
    let found: Vec<_> =
        found.iter().map(|line| (line["CUSTOMER_ID"].as_str(), line["CITY"].as_str())).collect();
    assert_eq!(found, [("b", "D"), ("A", "X,Y"), ("B", "IN C"), ("A", "C%")]);
    assert_eq!(ran.table("export.csv")[0].len(), 5, "keys, the field, and two stamps");
    for told in ["4  found", "1  not_found", "1  invalid", "1  repeated", "RP_NOT_FOUND"] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    let ran = export(&world, &[&like[..], &["--out", "-", "--quiet"]].concat()).expect(1);
    assert_eq!(ran.out.lines().count(), 5, "{}", ran.out);
}

#[test]
fn an_answer_for_another_record_is_not_believed() {
    let body =
        r#"query all status 200 body '[{"CUSTOMER_ID":"A","CUST_CONTACT":"C2","CITY":"Rome"}]'"#;
    let keys = "CUSTOMER_ID,CUST_CONTACT\nA,C%\nA,<C\nA,C\n";
    let world = World::new(faulty(&[body])).file("keys.csv", keys);
    let ran = export(&world, &["--like", "keys.csv"]).expect(1);
    assert!(ran.err.contains("2  not_found") && ran.err.contains("1  unknown"), "{}", ran.err);
    assert!(ran.err.contains("export.xlsx was not written") && !ran.has("export.xlsx"));
}

#[test]
fn a_question_that_finds_nothing_writes_nothing_and_says_so() {
    let none = knowing(vec![contact("A", "C", &[])]);
    let refused = faulty(&["query all status 500 message \"No such records.\""]);
    let foreign = faulty(&[r#"query all status 200 body '[{"CITY":"Rome"}]'"#]);
    for (setup, told) in [
        (none, "No record was found"),
        (refused, "No such records."),
        (foreign, "1 record came without a key"),
    ] {
        let world = World::new(setup).file("export.csv", "kept");
        let ran = export(&world, &["--where", "CITY=Rome", "--out", "export.csv"]).expect(1);
        assert!(ran.err.contains(told), "{}", ran.err);
        let kept = std::fs::read_to_string(world.path("export.csv")).expect("a file");
        assert_eq!(kept, "kept");
    }
}

#[test]
fn a_question_that_is_refused_is_not_taken_for_one_that_finds_nothing() {
    for (refusal, told) in [
        ("query all status 400 message \"What is CITY?\" code Q1", "What is CITY?"),
        ("query all status 413", "RP_HTTP_413"),
        ("query all status 503", "RP_HTTP_503"),
    ] {
        let world = World::new(faulty(&[refusal])).file("export.csv", "kept");
        let flags = ["--where", "CITY=Rome", "--out", "export.csv", "--retries", "1", "--quiet"];
        let ran = export(&world, &flags).expect(3);
        assert!(ran.err.contains(told) && !ran.err.contains("No record"), "{}", ran.err);
        assert!(ran.err.contains("export.csv was not written"), "{}", ran.err);
        assert_eq!(std::fs::read_to_string(world.path("export.csv")).expect("a file"), "kept");
    }
}

#[test]
fn criteria_are_passed_on_and_all_must_be_met() {
    let known = [("A", "Rome"), ("B", "Rome"), ("C", "Oslo")];
    let known = known.map(|(customer, city)| contact(customer, "C", &[("CITY", city)]));
    let world = World::new(knowing(known.into())).file("export.csv", "earlier");
    let flags = ["--where", "CUSTOMER_ID=>=B", "--where", "city=R%", "--out", "export.csv"];
    let ran = export(&world, &flags).expect(0);
    let found = ran.table("export.csv");
    assert_eq!((found.len(), found[0]["CUSTOMER_ID"].as_str()), (1, "B"));
    assert!(ran.err.contains("(an earlier one is kept as "), "{}", ran.err);
    assert_eq!(world.queries()[0].fields["CITY"], "R%");
    for wrong in [&["--where", "CITTY=x"][..], &["--where", "CITY=x", "--out", "x.txt"], &[]] {
        export(&world, wrong).expect(2);
    }
    assert_eq!(world.queries().len(), 1);
}

/// A sheet of so many keys.
fn keys(count: usize) -> String {
    (0..count).fold("CUSTOMER_ID,CUST_CONTACT\n".to_owned(), |text, number| {
        format!("{text}K{number},C\n")
    })
}

#[test]
fn an_answer_that_is_too_long_to_be_held_is_not_asked_for_again() {
    let long = format!("query all status 200 body '{}'", "x".repeat(65 << 20));
    let world = World::new(faulty(&[&long]));
    let ran = export(&world, &["--where", "CITY=Rome"]).expect(3);
    assert!(
        ran.err.contains("longer than 67108864 bytes; ask for fewer records at once"),
        "{}",
        ran.err
    );
    assert_eq!(world.queries().len(), 1);
}

#[test]
fn faults_are_overcome_and_an_export_that_is_not_whole_is_not_put_in_place() {
    let keys = keys(30);
    let known = || (0..30).map(|number| contact(&format!("K{number}"), "C", &[])).collect();
    let mut setup = knowing(known());
    setup.faults = faulty(&["query every 4 status 503", "query 7 drop"]).faults;
    let world = World::new(setup).file("keys.csv", &keys);
    let ran = world.run(&["export", "--like", "keys.csv", "--out", "a.csv", "--rate", "100/s"]);
    assert_eq!(ran.expect(0).table("a.csv").len(), 30);
    let received = world.received();
    let (first, last) = (received[0].arrived, received[received.len() - 1].arrived);
    let fewest_ms = 10 * (received.len() - 2) - 100;
    assert!(last.duration_since(first).as_millis() >= fewest_ms as u128, "the rate holds");
    let world = world.password("wrong");
    for what in [["--like", "keys.csv"], ["--where", "CITY=x"]] {
        let before = world.received().len();
        let ran = export(&world, &[&what[..], &["--out", "b.csv"]].concat()).expect(3);
        assert!(ran.err.contains("b.csv was not written") && !ran.has("b.csv"), "{}", ran.err);
        assert_eq!(world.received().len(), before + 1, "one login");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_export_says_that_it_is_not_whole() {
    let world = World::new(faulty(&[])).file("keys.csv", keys(300)).file("export.csv", "earlier");
    let mut command =
        world.command(&["export", "--like", "keys.csv", "--out", "export.csv", "--rate", "20/s"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("the program runs");
    while world.queries().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let told = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(told.expect("kill runs").success());
    let ran = world.ran(child.wait_with_output().expect("it ends")).expect(130);
    assert!(ran.err.contains("export.csv was not written"), "{}", ran.err);
    let kept = std::fs::read_to_string(world.path("export.csv")).expect("a file");
    assert_eq!(kept, "earlier");
    let files = std::fs::read_dir(world.path("")).expect("a folder").count();
    assert_eq!(files, 3, "config.toml, the keys and the earlier export");
}
