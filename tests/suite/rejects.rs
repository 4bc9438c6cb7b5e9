//! Rejects are fed back as they are, in the input's own kind.

use std::collections::BTreeMap;
use std::io::Read as _;

use crate::workbooks::fixture;
use crate::world::{World, faulty};

/// Fixtures with a row at fault, and what is said of their columns.
const FIXTURES: [(&str, &[&str]); 8] = [
    ("04_percent_bool_error_formula.xlsx", &["DISCOUNT", "ACTIVE", "CALC"]),
    ("05_long_digits.xlsx", &["AMOUNT"]),
    ("08_merged_hidden.xlsx", &[]),
    ("10_header_row4_colB.xlsx", &[]),
    ("13_contacts.xlsb", &["SINCE", "DISCOUNT", "ACTIVE"]),
    ("19_ragged_blank_lines.csv", &[]),
    ("20_nul_bytes_utf8.csv", &[]),
    ("24_percent_bool_error.ods", &["DISCOUNT", "ACTIVE", "CALC"]),
];

/// The findings about rows that are rejected, without the row numbers: level, code, column, field, text.
fn findings(world: &World, name: &str, flags: &[String]) -> Vec<[String; 5]> {
    let arguments: Vec<&str> = ["check", name, "--format", "json"]
        .into_iter()
        .chain(flags.iter().map(String::as_str))
        .collect();
    let out = world.run(&arguments).expect(1).out;
    let lines =
        out.lines().map(|line| -> serde_json::Value { serde_json::from_str(line).expect("JSON") });
    let mut by_row: BTreeMap<u64, Vec<[String; 5]>> = BTreeMap::new();
    for line in lines {
        let Some(row) = line["row"].as_u64() else { continue };
        let part = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let column = part("cell").trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        by_row.entry(row).or_default().push([
            part("level"),
            part("code"),
            column,
            part("field"),
            part("text"),
        ]);
    }
    let rejected = by_row.into_values().filter(|row| row.iter().any(|found| found[0] == "error"));
    rejected.flatten().collect()
}

#[test]
fn rejects_fed_back_unchanged_give_the_same_findings() {
    for (name, ignored) in FIXTURES {
        let flags = |ignored: &[&str]| -> Vec<String> {
            let columns = ignored.iter().flat_map(|column| ["--ignore-column", column]);
            columns.chain(["--include-hidden"]).map(str::to_owned).collect()
        };
        let flags = flags(ignored);
        // Not every file has them all.
        let maps = ["CARD_NO=SOFCT_USER_1", "TAX_NO=SOFCT_USER_2", "CHECK=SOFCT_USER_3"];
        let world = World::new(faulty(&[])).config(&format!("map = {maps:?}\n"));
        let world = world.file(name, fixture(name));
        let all = [
            vec!["check".to_owned(), name.to_owned(), "--results".to_owned(), "out.csv".to_owned()],
            flags.clone(),
        ];
        let arguments = all.concat();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = world.run(&arguments).expect(1);
        let rejects =
            ["out.rejects.csv", "out.rejects.xlsx"].into_iter().find(|name| ran.has(name));
        let rejects = rejects.unwrap_or_else(|| panic!("{name}: no rejects"));
        assert_eq!(rejects.ends_with("csv"), name.ends_with("csv"), "{name}");
        let before = findings(&world, name, &flags);
        let again = findings(&world, rejects, &flags);
        assert!(!before.is_empty(), "{name}");
        assert_eq!(again, before, "{name}");
    }
}

#[test]
fn rejects_of_ragged_rows_are_read_with_the_delimiter_that_they_were_written_with() {
    let header = "CUSTOMER_ID,CUST_CONTACT,CITY,NOTES\n";
    for rows in
        ["A,1,Bern\nB,1,Rom\nC,1,Ulm,n\n", "A,1,Bern,x,y\nB,1,Rom,a,b\nA,1,Bern2,\nB,1,Rom2,\n"]
    {
        let world = World::new(faulty(&[])).file("contacts.csv", format!("{header}{rows}"));
        world.update(&[]).expect(1);
        let again = world.run(&["check", "contacts.csv.rejects.csv"]).expect(1);
        assert!(again.out.contains("RP_COLUMNS"), "{}{}", again.out, again.err);
    }
}

#[test]
fn with_strict_what_a_cell_is_keeps_its_row_from_being_taken_for_mended() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let format = |code: &str| rust_xlsxwriter::Format::new().set_num_format(code);
    for (column, name) in (0..).zip(["CUSTOMER_ID", "CUST_CONTACT", "NOTES"]) {
        sheet.write_string(0, column, name).expect("written");
    }
    sheet.write_string(0, 3, "PHONE_NO").expect("written");
    sheet.write_string(0, 4, "ZIP_CODE").expect("written");
    sheet.write_string(0, 5, "COUNTRY").expect("written");
    for (row, country, phone, zip) in [
        (6, "USA", 20_794_601.0, None),
        (7, "Italy", 2_079_460_100.0, None),
        (8, "", 5_550_100.0, Some(2134.0)),
    ] {
        sheet.write_string(row, 0, format!("K{row}")).expect("written");
        sheet.write_string(row, 1, "C").expect("written");
        sheet.write_string(row, 5, country).expect("written");
        sheet.write_number(row, 3, phone).expect("written");
        if let Some(zip) = zip {
            sheet.write_number(row, 4, zip).expect("written");
        }
    }
    let cells = [
        (45_322.0, "m/d/yyyy"),
        (-1.0, "m/d/yyyy"),
        (1_234_567_890_123_456.0, "#,##0"),
        (123_456_789_012.0, "General"),
        (45_322.0, "[$-407]d. mmmm yyyy"),
    ];
    for (row, (value, code)) in (1..).zip(cells) {
        sheet.write_string(row, 0, format!("K{row}")).expect("written");
        sheet.write_string(row, 1, "C").expect("written");
        sheet.write_number_with_format(row, 2, value, &format(code)).expect("written");
    }
    let world = World::new(faulty(&[])).file("k.xlsx", book.save_to_buffer().expect("saved"));
    let strict = ["--strict".to_owned()];
    let before = findings(&world, "k.xlsx", &strict);
    assert_eq!(before.len(), cells.len() + 3);
    world.run(&["check", "k.xlsx", "--strict", "--results", "out.csv"]).expect(1);
    assert_eq!(findings(&world, "out.rejects.xlsx", &strict), before);
    // The ZIP code is a text like any other: it is looked at, and warned of, again.
    let without = findings(&world, "out.rejects.xlsx", &[]);
    assert_eq!(without, before[..before.len() - 1], "nor without --strict");
}

#[test]
fn a_cell_that_has_no_room_in_the_rejects_does_not_cost_the_results() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip([["CUSTOMER_ID", "CUST_CONTACT", "CITY"], ["A", "C", "Rome"]]) {
        for (column, text) in (0..).zip(cells) {
            sheet.write_string(row, column, text).expect("written");
        }
    }
    sheet.write_string(1, 16_383, "stray").expect("written");
    let world = World::new(faulty(&[])).file("k.xlsx", book.save_to_buffer().expect("saved"));
    let ran = world.run(&["check", "k.xlsx", "--results", "out.csv"]).expect(1);
    assert_eq!(ran.table("out.csv")[0]["MESSAGE_CODE"], "RP_COLUMNS");
    let shown = world.run(&["show", "out.rejects.xlsx"]).expect(0).out;
    assert!(shown.contains("column XFD: stray"), "{shown}");
}

#[test]
fn bytes_that_cannot_be_decoded_stay_so_in_the_rejects() {
    let sheet = b"CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Z\xC3\xBCrich\nB,C,M\xFCnchen\nD,C,\xC3\xA9\n";
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    world.run(&["check", "contacts.csv", "--results", "out.csv"]).expect(1);
    let again = world.run(&["check", "out.rejects.csv"]).expect(1).out;
    assert!(
        again.contains(":C2: the cell holds bytes that cannot be decoded (RP_ENCODING)"),
        "{again}"
    );
}

#[test]
fn a_row_that_was_too_short_is_not_accepted_when_a_program_has_filled_it_up() {
    let world = World::new(faulty(&[]))
        .file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,CITY,STATE\nA,C,Rome\n");
    let ran = world.run(&["check", "contacts.csv", "--results", "out.csv"]).expect(1);
    let line = ran.table("out.rejects.csv").remove(0);
    assert_eq!((line["CITY"].as_str(), line["MESSAGE_CODE"].as_str()), ("Rome", "RP_COLUMNS"));
    let text = std::fs::read_to_string(world.path("out.rejects.csv")).expect("text");
    let filled = text.replace("\"MESSAGE\"\n", "\"MESSAGE\",\n");
    assert_ne!(filled, text);
    let world = world.file("filled.csv", filled);
    let told = world.run(&["check", "filled.csv"]).expect(1).out;
    assert!(
        told.contains(":G2: the cell stands in a column without a header (RP_COLUMNS)"),
        "{told}"
    );
}

#[test]
fn a_row_with_a_stray_quotation_mark_or_too_few_cells_is_not_accepted_unmended() {
    let header = "CUSTOMER_ID,CUST_CONTACT,TITLE,CITY,NOTES\n";
    let none: &[&str] = &[];
    for (rows, ignored, codes) in [
        ("C,D,,Oslo,\"note\nE,F,,Bern,x\nG,H,,Kiel,\"note\n", none, ["RP_QUOTE"].as_slice()),
        ("C,D,,Oslo,\"note\nE,F,,Bern,x\nG,H,,Kiel,\"note\n", &["NOTES"], &["RP_QUOTE"]),
        ("C,D,\"Mr\" x,NY,n\n", none, &["RP_QUOTE"]),
        ("C,D,\"Mr\" x,NY\n", none, &["RP_COLUMNS", "RP_QUOTE"]),
        ("C,D,\"Mr\" x,NY,n,more,\"and\" more\n", none, &["RP_COLUMNS", "RP_QUOTE"]),
        ("C,D,M\u{fc}nchen,NY\n", none, &["RP_COLUMNS", "RP_ENCODING"]),
        ("C,D,\u{fc}\0,\"b\" x,n\n", none, &["RP_ENCODING", "RP_NUL", "RP_QUOTE"]),
    ] {
        // One byte for each character: those beyond ASCII are no UTF-8.
        let latin = |text: &str| text.chars().map(|c| u8::try_from(c).expect("Latin")).collect();
        // What is UTF-8 speaks for it.
        let utf8 = "K,L,,Z\u{fc}rich \u{e9}t\u{e9},x\n";
        let rows: Vec<u8> = latin(rows);
        let sheet = [header.as_bytes(), rows.as_slice(), utf8.as_bytes()].concat();
        // What says so in the rejects is no part of the value.
        let world = World::new(faulty(&[])).config("[fields.TITLE]\nmax_length = 4\n");
        let world = world.file("contacts.csv", sheet);
        let flags = ignored.iter().flat_map(|column| ["--ignore-column", column]);
        let flags: Vec<String> = flags.map(str::to_owned).collect();
        let mut arguments = vec!["check", "contacts.csv", "--results", "out.csv"];
        arguments.extend(flags.iter().map(String::as_str));
        world.run(&arguments).expect(1);
        let of = |name: &str| {
            let found = findings(&world, name, &flags);
            let mut codes: Vec<_> = found.into_iter().map(|[_, code, ..]| code).collect();
            codes.sort();
            codes
        };
        assert_eq!(of("contacts.csv"), codes, "{rows:?}");
        assert_eq!(of("out.rejects.csv"), codes, "{rows:?}");
        let again = ["check", "out.rejects.csv", "--results", "again.csv"];
        world.run(&[&again, &arguments[4..]].concat()).expect(1);
        assert_eq!(of("again.rejects.csv"), codes, "{rows:?}");
    }
}

#[test]
fn rejects_of_a_sheet_with_a_column_called_as_theirs_are_taken_back() {
    for (own, flag) in [
        ("Message", "--map=Message=NOTES"),
        ("MESSAGE", "--map=message=NOTES"),
        ("message code", "--map=message code=NOTES"),
        ("Message", "--ignore-column=MESSAGE"),
    ] {
        let sheet = format!("CUSTOMER_ID,CUST_CONTACT,CITY,{own}\nA,C,#N/A,one\n");
        let world = World::new(faulty(&[])).file("contacts.csv", sheet);
        let check = |name: &str, results: &str, code: i32| {
            world.run(&["check", name, flag, "--results", results]).expect(code)
        };
        check("contacts.csv", "out.csv", 1);
        check("out.rejects.csv", "again.csv", 1);
        let read = |name: &str| std::fs::read_to_string(world.path(name)).expect("text");
        assert_eq!(read("again.rejects.csv"), read("out.rejects.csv"), "{flag}");
        std::fs::write(world.path("mended.csv"), read("out.rejects.csv").replace("#N/A", "Rome"))
            .expect("written");
        check("mended.csv", "mended.results.csv", 0);
        world.run(&["update", "mended.csv", "--yes", flag]).expect(0);
        let sent = if flag.starts_with("--map") { "one" } else { "" };
        assert_eq!(world.stored("A", "NOTES").as_deref(), Some(sent), "{flag}");
    }
}

#[test]
fn rejects_of_a_sheet_in_another_encoding_are_taken_back() {
    let world = World::new(faulty(&[]))
        .config("encoding = \"windows-1252\"\n")
        .file("contacts.csv", b"CUSTOMER_ID,CUST_CONTACT,CITY,TITLE\nA,C,Z\xFCrich,#N/A\n");
    world.run(&["check", "contacts.csv", "--results", "out.csv"]).expect(1);
    let rejects = std::fs::read_to_string(world.path("out.rejects.csv")).expect("text");
    let world = world.file("mended.csv", rejects.replace("#N/A", "Dr"));
    world.run(&["update", "mended.csv", "--yes"]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Zürich"));
}

#[test]
fn rejects_of_a_workbook_colour_the_cells_at_fault_and_say_why() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Kontakte").expect("a name");
    for (row, cells) in (0..).zip([
        ["CUSTOMER_ID", "CUST_CONTACT", "ZIP_CODE", "E_MAIL"],
        ["A", "C", "02134", "j@x.com"],
        ["B", "C", "00501", "jhernandez@"],
    ]) {
        for (column, text) in (0..).zip(cells) {
            sheet.write_string(row, column, text).expect("written");
        }
    }
    let world = World::new(faulty(&[])).file("k.xlsx", book.save_to_buffer().expect("saved"));
    world.run(&["check", "k.xlsx", "--results", "out.csv"]).expect(1);
    let shown = world.run(&["show", "out.rejects.xlsx"]).expect(0).out;
    let expected = "CUSTOMER_ID,CUST_CONTACT,ZIP_CODE,E_MAIL,MESSAGE_CODE,MESSAGE\n\
        B,C,00501,jhernandez@,RP_E_MAIL,\"column D E_MAIL: \"\"jhernandez@\"\" is not an e-mail address (RP_E_MAIL)\"\n";
    assert_eq!(shown, expected);
    let file = std::fs::File::open(world.path("out.rejects.xlsx")).expect("a file");
    let mut archive = zip::ZipArchive::new(file).expect("an archive");
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).expect("a part").read_to_string(&mut text).expect("text");
        text
    };
    assert!(part("xl/workbook.xml").contains("name=\"Kontakte\""));
    assert!(part("xl/comments1.xml").contains("is not an e-mail address (RP_E_MAIL)"));
    assert!(part("xl/styles.xml").contains("FFFFC7CE"));
    let told = world.run(&["check", "out.rejects.xlsx"]).expect(1).out;
    assert!(told.contains("out.rejects.xlsx:Kontakte!D2 E_MAIL"), "{told}");
}
