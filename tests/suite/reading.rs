//! Files as people make them, and what is wrong with them.

use crate::world::{World, cities, faulty};

/// Checks one file; exit code, and everything that was said.
fn check(name: &str, content: impl AsRef<[u8]>, flags: &[&str]) -> (i32, String) {
    let world = World::new(faulty(&[])).file(name, content);
    let ran = world.run(&[&["check", name], flags].concat());
    (ran.code.expect("it ends by itself"), ran.out + &ran.err)
}

#[test]
fn a_file_level_fault_ends_the_run_before_the_first_request() {
    let faults: [(&str, &[u8], &str); 11] = [
        ("empty.csv", b"", "has no row"),
        ("nokey.csv", b"CUSTOMER_ID,CITY\nA,Rome\n", "no column for CUST_CONTACT"),
        (
            "twice.csv",
            b"CUSTOMER_ID,CUST_CONTACT,CITY,City\nA,C,1,2\n",
            "columns C and D are both for CITY",
        ),
        ("typo.csv", b"CUSTOMER_ID,CUST_CONTACT,CTIY\nA,C,1\n", "did you mean CITY"),
        ("nothing.csv", b"CUSTOMER_ID,CUST_CONTACT\nA,C\n", "no column for a field to update"),
        (
            "quote.csv",
            b"CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,x\n\nB,\"C,y\nD,C,z\n",
            "quote.csv, row 4, column B",
        ),
        (
            "picture.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01",
            "neither a workbook nor text",
        ),
        (
            "picture.xlsx",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01",
            "neither a workbook nor text",
        ),
        ("broken.xlsx", b"PK\x03\x04 and no more", "damaged workbook"),
        (
            "broken.xls",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and no more",
            "cannot be read as a workbook",
        ),
        (
            "results.csv",
            b"row,CUSTOMER_ID,CUST_CONTACT,status,http_status,attempts,elapsed_ms\n",
            "results file",
        ),
    ];
    for (name, content, expected) in faults {
        let world = World::new(faulty(&[]))
            .file(name, content)
            .file("contacts.csv", cities([("A", "Rome")]));
        let ran = world.run(&["update", "contacts.csv", name, "--yes"]).expect(2);
        assert!(ran.err.contains(name) && ran.err.contains(expected), "{name}: {}", ran.err);
        assert!(world.received().is_empty(), "{name}");
        assert!(!ran.has("contacts.csv.results.csv"), "{name}");
    }
}

#[test]
fn missing_files_and_folders_are_told() {
    let world = World::new(faulty(&[]));
    assert!(world.run(&["check", "none.csv"]).expect(2).err.contains("none.csv: cannot be read"));
    assert!(world.run(&["check", "."]).expect(2).err.contains("is a folder"));
}

#[test]
fn columns_are_mapped_ignored_and_left_out() {
    let sheet = "customer id;Cust-Contact;Town;Colour;DATE_CREATED\nA;C;Rome;red;today\n";
    let (code, told) = check("a.csv", sheet, &[]);
    assert!(
        code == 2
            && told.contains("\"Town\" names no field")
            && told.contains("\"Colour\" names no field"),
        "{told}"
    );
    let (code, told) = check("a.csv", sheet, &["--map", "town=CITY", "--ignore-column", "COLOUR"]);
    assert_eq!(code, 0, "{told}");
}

#[test]
fn the_header_row_is_found_below_titles_or_can_be_named() {
    let sheet = "Exported on Monday,,\n\nCUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Rome\n";
    for flags in [&[][..], &["--header-row", "3"]] {
        let (code, told) = check("a.csv", sheet, flags);
        assert_eq!(code, 0, "{told}");
    }
    let (code, told) = check("a.csv", sheet, &["--header-row", "1"]);
    assert!(code == 2 && told.contains("a.csv, row 1: "), "{told}");
    let (code, told) = check("a.csv", "x,y\n1,2\n", &[]);
    assert!(
        code == 2 && told.contains("no row names the columns CUSTOMER_ID and CUST_CONTACT"),
        "{told}"
    );
}

#[test]
fn findings_name_file_row_column_and_field() {
    let notes = "x".repeat(32_766);
    let sheet = format!(
        "CUSTOMER_ID,CUST_CONTACT,CITY,NOTES\nA,C,Rome,\n,C,Rome,\nA,C,,{notes}\nA,C,,\nA,C,a\0b,\nA,C,\u{fffd},\n"
    );
    let (code, told) = check("a.csv", sheet, &[]);
    assert_eq!(code, 1, "{told}");
    for line in [
        "a.csv:A3 CUSTOMER_ID: the key is blank (RP_KEY)",
        "a.csv:D4 NOTES: 32766 characters, and the field holds at most 32765 (RP_LENGTH)",
        "a.csv:row 5: every cell but the key is blank, so that there is nothing to update (RP_NOTHING)",
        "a.csv:C6: the cell holds a NUL character (RP_NUL)",
        "a.csv:C7 CITY: the text looks as if it was decoded wrongly before (RP_MISDECODED)",
        "a.csv:B7 CUST_CONTACT: row 2 is for the same record (RP_DUPLICATE)",
        "2 rows would be sent, 4 are invalid",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
}

#[test]
fn dry_runs_send_nothing_and_write_only_what_is_asked_for() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome"), ("", "Oslo")]));
    let ran = world.run(&["update", "contacts.csv", "--dry-run"]).expect(1);
    assert!(!ran.has("contacts.csv.results.csv"));
    let ran = world.run(&["update", "contacts.csv", "--dry-run", "--results", "dry.csv"]).expect(1);
    let statuses: Vec<_> =
        ran.table("dry.csv").into_iter().map(|line| line["status"].clone()).collect();
    assert_eq!(statuses, ["valid", "invalid"]);
    assert_eq!(ran.table("dry.rejects.csv").len(), 1);
    assert!(world.received().is_empty());
}

#[test]
fn rows_come_from_standard_input_too() {
    let world = World::new(faulty(&[])).file("in.csv", cities([("A", "Rome")]));
    let input = std::fs::File::open(world.path("in.csv")).expect("a file");
    let output =
        world.command(&["update", "-", "--yes"]).stdin(input).output().expect("the program runs");
    let ran = world.ran(output).expect(0);
    assert_eq!(ran.table("stdin.results.csv")[0]["status"], "updated");
}

#[test]
fn a_sheet_is_shown_as_it_stands() {
    let world = World::new(faulty(&[])).file("a.csv", "A;B\r\n\r\n1;\"x\r\ny\";3\r\n;;\r\n");
    assert_eq!(world.run(&["show", "a.csv"]).expect(0).out, "A,B\n\n1,\"x\r\ny\",3\n,,\n");
}

#[test]
fn the_fields_are_listed() {
    let out = World::new(faulty(&[])).run(&["fields"]).expect(0).out;
    assert!(
        out.contains("CUSTOMER_ID")
            && out.contains("32765 characters")
            && out.contains("read-only"),
        "{out}"
    );
    let csv = World::new(faulty(&[])).run(&["fields", "--format", "csv"]).expect(0).out;
    assert!(
        csv.starts_with("field,what_it_is,use,max_characters\nCUSTOMER_ID,Customer,key,\n"),
        "{csv}"
    );
    let json = World::new(faulty(&[])).run(&["fields", "--format", "json"]).expect(0).out;
    let fields: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let notes = fields.as_array().expect("a list").iter().find(|field| field["field"] == "NOTES");
    assert_eq!(notes.expect("a field")["max_characters"], 32_765);
}

#[test]
fn findings_are_listed_up_to_fifty_or_all_and_for_machines() {
    let rows: String = (0..60).map(|_| ",C,Rome\n").collect();
    let world =
        World::new(faulty(&[])).file("a.csv", format!("CUSTOMER_ID,CUST_CONTACT,CITY\n{rows}"));
    let listed = |out: &str| out.lines().filter(|line| line.starts_with("a.csv:A")).count();
    let out = world.run(&["check", "a.csv"]).expect(1).out;
    assert!(
        listed(&out) == 50 && out.contains("… and 10 more findings; --all lists them"),
        "{out}"
    );
    let counted = "60  RP_KEY (error), first in A2 CUSTOMER_ID: the key is blank";
    assert!(out.contains(counted), "{out}");
    assert_eq!(listed(&world.run(&["check", "a.csv", "--all"]).expect(1).out), 60);
    let out = world.run(&["check", "a.csv", "--format", "json"]).expect(1).out;
    let lines: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(
        (lines[0]["cell"].as_str(), lines[0]["code"].as_str()),
        (Some("A2"), Some("RP_KEY"))
    );
    assert_eq!(lines[60]["invalid"], 60);
}

#[test]
fn a_template_is_filled_in_and_keeps_its_zeros() {
    let world = World::new(faulty(&[]));
    for name in ["t.xlsx", "t.csv"] {
        assert_eq!(world.run(&["template", name]).expect(0).err, format!("Template: {name}\n"));
        let shown = world.run(&["show", name]).expect(0).out;
        let mut lines = shown.lines();
        let header = lines.next().expect("a header");
        assert!(
            header.starts_with("CUSTOMER_ID,CUST_CONTACT,") && !header.contains("CREATED_BY"),
            "{header}"
        );
        assert!(lines.next().expect("an example").starts_with("EXAMPLE,EXAMPLE,"), "{name}");
        assert_eq!(lines.next(), None, "{name}");
    }
    assert!(world.run(&["template", "t.txt"]).expect(2).err.contains(".csv or an .xlsx"));
    let again = world.run(&["template", "t.csv"]).expect(0);
    assert!(again.err.contains("  (an earlier one is kept as t."), "{}", again.err);
    let nowhere = world.run(&["template", "none/t.csv"]).expect(2);
    assert!(nowhere.err.contains("name another with rowpatch template OUT"), "{}", nowhere.err);
}
