//! What config.toml asks of rows.

use crate::world::{World, cities, contact, faulty, knowing};

#[test]
fn constants_are_sent_with_every_row() {
    let world = World::new(faulty(&[]))
        .config("[set]\ncontact_status = \"A\"\n[columns]\nTown = [\"CITY\", \"COUNTRY\"]\n")
        .file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,Town\nA,C,Rome\nB,C,\n");
    let ran = world.update(&[]).expect(0);
    assert_eq!(ran.column("fields"), ["CITY COUNTRY CONTACT_STATUS", "CONTACT_STATUS"]);
    let stored = |field| world.stored("A", field);
    assert_eq!(stored("CONTACT_STATUS").as_deref(), Some("A"));
    assert_eq!((stored("CITY"), stored("COUNTRY")), (Some("Rome".into()), Some("Rome".into())));
    let doubled = World::new(faulty(&[]))
        .config("[set]\nCITY = \"Rome\"\n")
        .file("contacts.csv", cities([("A", "Oslo")]));
    assert!(doubled.update(&[]).expect(2).err.contains("column C is for CITY, which [set]"));
}

#[test]
fn a_clear_mark_of_the_site_blanks_in_any_case_and_is_no_value_of_an_export() {
    let marked = "clear_mark = \" ‹löschen> \"\nmax_clears = 1\n";
    let world = World::new(knowing(vec![
        contact("A", "C", &[("CITY", "Rome"), ("NOTES", "‹LÖSCHEN>")]),
        contact("B", "C", &[]),
    ]));
    let world = world.config(marked).file("contacts.csv", cities([("A", "‹LÖSCHEN>"), ("B", "x")]));
    world.run(&["export", "--like", "contacts.csv", "--out", "out.csv"]).expect(0);
    assert!(!std::fs::read_to_string(world.path("out.csv")).expect("text").contains("LÖSCHEN"));
    world.update(&[]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some(""));
}

#[test]
fn site_rules_make_rows_invalid_or_warn_of_them() {
    let rules = "[fields.CITY]\nmax_length = 4\n[fields.STATE]\nvalues = [\"CA\", \"NY\"]\nlevel = \"warning\"\n[fields.TITLE]\nrequired = true\n";
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE,TITLE\nA,C,Rome,XX,Boss\nB,C,Milan,CA,Boss\nD,C,Rome,NY,\n";
    let world = World::new(faulty(&[])).config(rules).file("contacts.csv", sheet);
    let ran = world.run(&["check", "contacts.csv", "--results", "out.csv"]).expect(1);
    let lines = ran.table("out.csv");
    let codes: Vec<_> = lines.iter().map(|line| line["MESSAGE_CODE"].as_str()).collect();
    assert_eq!(codes, ["", "RP_LENGTH", "RP_REQUIRED"]);
    assert!(lines[0]["warnings"].contains("RP_VALUE"), "{:?}", lines[0]);
    let strict =
        world.run(&["check", "contacts.csv", "--strict", "--results", "out.csv"]).expect(1);
    assert_eq!(strict.table("out.csv")[0]["MESSAGE_CODE"], "RP_VALUE");
}

#[test]
fn what_spreadsheets_spoil_is_found_before_anything_is_sent() {
    let sheet = "CUSTOMER_ID,CUST_CONTACT,PHONE_NO,E_MAIL,ZIP_CODE,COUNTRY\n\
        A,C,4.09E+09,,,\nB,C,,jhernandez@,,\nD,C,#N/A,,,\nE,C,,,2134,USA\nF,C,,,8001,Switzerland\n\
        G,C,,,8001.0,Switzerland\n";
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    let out = world.run(&["check", "contacts.csv"]).expect(1).out;
    for line in [
        "contacts.csv:C2 PHONE_NO: 4.09E+09 is a long number that a spreadsheet has shortened (RP_EXPONENT)",
        "contacts.csv:D3 E_MAIL: \"jhernandez@\" is not an e-mail address (RP_E_MAIL)",
        "contacts.csv:C4 PHONE_NO: the cell shows the error #N/A (RP_ERROR_CELL)",
        "contacts.csv:E5 ZIP_CODE: 2134 may be a US ZIP code that has lost its zeros (RP_LOST_ZEROS)",
        "contacts.csv:E7 ZIP_CODE: 8001.0 was made a number by a program; zeros before it may be lost (RP_LOST_ZEROS)",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
    assert!(!out.contains("8001 "), "{out}");
    let told = world.update(&[]).expect(1).err;
    assert!(told.contains("3 invalid, 2 with warnings (rowpatch check lists them)"), "{told}");
}

#[test]
fn a_column_that_was_typed_must_be_there() {
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY,Notes\nA,C,Rome,x\n";
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    for (flag, told) in [
        (
            "--ignore-column=Nots",
            "no column \"Nots\", which --map or --ignore-column names; did you mean Notes?",
        ),
        ("--map=Town=STATE", "no column \"Town\""),
    ] {
        let ran = world.update(&[flag]).expect(2);
        assert!(ran.err.contains(told), "{}", ran.err);
    }
    assert!(world.received().is_empty());
    world.update(&["--ignore-column", "NOTES"]).expect(0);
    // What stands in the file may be for other sheets.
    let shared = world.config("ignore_column = [\"Nots\"]\n");
    shared.update(&[]).expect(0);
}

#[test]
fn a_header_in_the_midst_of_the_rows_is_no_record() {
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Rome\n\u{feff}CUSTOMER_ID,CUST_CONTACT,CITY\nB,C,Oslo\n";
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    let ran = world.update(&[]).expect(1);
    assert_eq!(ran.column("status"), ["updated", "invalid", "updated"]);
    assert!(ran.column("MESSAGE")[1].contains("its own header"), "{:?}", ran.column("MESSAGE"));
}
