//! Workbooks of every kind.

use std::path::Path;

use crate::world::{Ran, World, faulty, table};

pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read(path).expect("a fixture")
}

fn run(name: &str, arguments: &[&str]) -> (World, Ran) {
    let world = World::new(faulty(&[])).file(name, fixture(name));
    let ran = world.run(arguments);
    (world, ran)
}

#[test]
fn error_cells_make_their_row_invalid() {
    let ignored =
        ["SINCE", "DISCOUNT", "ACTIVE"].into_iter().flat_map(|column| ["--ignore-column", column]);
    let arguments =
        ["check", "13_contacts.xlsb", "--map", "CHECK=SOFCT_USER_2"].into_iter().chain(ignored);
    let out = run("13_contacts.xlsb", &arguments.collect::<Vec<_>>()).1.expect(1).out;
    assert!(
        out.contains("!H2 SOFCT_USER_2: the cell shows the error #N/A (RP_ERROR_CELL)"),
        "{out}"
    );
}

#[test]
fn the_first_visible_sheet_is_read_and_a_named_one_where_asked_for() {
    let name = "09_hidden_first_sheet.xlsx";
    let shown = run(name, &["show", name]).1.expect(0).out;
    assert!(shown.starts_with("CUSTOMER_ID"), "{shown}");
    let told = run(name, &["check", name, "--sheet", "None"]).1.expect(2).err;
    assert!(told.contains("has no sheet \"None\"; its sheets: "), "{told}");
}

#[test]
fn row_numbers_and_columns_are_those_that_excel_shows() {
    let name = "10_header_row4_colB.xlsx";
    let (world, ran) = run(name, &["check", name, "--header-row", "4", "--results", "out.csv"]);
    ran.expect(1);
    let lines = table(&world.path("out.csv"));
    let rows: Vec<_> =
        lines.iter().map(|line| (line["row"].as_str(), line["status"].as_str())).collect();
    assert_eq!(rows, [("5", "valid"), ("6", "valid"), ("8", "invalid")]);
    assert_eq!(
        (lines[2]["CUSTOMER_ID"].as_str(), lines[2]["MESSAGE_CODE"].as_str()),
        ("Total", "RP_NOTHING")
    );
}

#[test]
fn cells_are_shown_as_a_person_sees_them() {
    let books = [
        "01_zip_phone_masks.xlsx",
        "02_dates.xlsx",
        "03_date1904.xlsx",
        "04_percent_bool_error_formula.xlsx",
        "05_long_digits.xlsx",
        "06_rich_phonetic_inline.xlsx",
        "07_blank_vs_empty.xlsx",
        "08_merged_hidden.xlsx",
        "09_hidden_first_sheet.xlsx",
        "10_header_row4_colB.xlsx",
        "11_currency_custom_formats.xlsx",
        "12_contacts.xls",
        "13_contacts.xlsb",
        "23_zip_phone_masks.ods",
        "24_percent_bool_error.ods",
    ];
    for name in books {
        let shown = run(name, &["show", name]).1.expect(0).out;
        let stem = name.split('.').next().expect("a stem");
        let expected = String::from_utf8(fixture(&format!("{stem}.expected.csv"))).expect("UTF-8");
        assert_eq!(trimmed(&shown), trimmed(&expected), "{name}");
    }
}

#[test]
fn faults_of_every_fixture_are_told_with_the_right_cell() {
    let fixtures: [(&str, &[&str]); 11] = [
        (
            "02_dates.xlsx",
            &[
                "!C2 SOFCT_USER_9: the cell holds a date or a time; it is sent as 01/31/2024 (RP_DATE)",
            ],
        ),
        (
            "04_percent_bool_error_formula.xlsx",
            &[
                "!E3 ZIP_CODE: the cell shows the error #N/A (RP_ERROR_CELL)",
                "!F3 SOFCT_USER_3: the cell shows the error #DIV/0!",
                "!F4 SOFCT_USER_3: the cell holds a formula that was never calculated",
            ],
        ),
        (
            "05_long_digits.xlsx",
            &[
                "!D3 SOFCT_USER_5: the cell holds a number of more than 15 digits",
                "!C3 SOFCT_USER_4: Excel shows this number shortened; it is sent in full as 123456789012",
                "!E4 SOFCT_USER_6: the cell holds a number of more than 15",
            ],
        ),
        (
            "06_rich_phonetic_inline.xlsx",
            &[
                "!C3 E_MAIL: \"rich inline\" is not an e-mail address",
                "!B5 CUST_CONTACT: the key is blank (RP_KEY)",
            ],
        ),
        (
            "07_blank_vs_empty.xlsx",
            &["!E2 E_MAIL: the cell holds a formula that was never calculated"],
        ),
        (
            "08_merged_hidden.xlsx",
            &[
                "!B4 CUST_CONTACT: the key is blank: the cell is merged into B3:B5",
                "!B5 CUST_CONTACT: the key is blank: the cell is merged into B3:B5",
            ],
        ),
        (
            "10_header_row4_colB.xlsx",
            &["!row 8: every cell but the key is blank", "1 blank row is passed over"],
        ),
        (
            "12_contacts.xls",
            &["!J2 SOFCT_USER_3: the cell holds a formula that shows nothing (RP_BLANK_FORMULA)"],
        ),
        (
            "13_contacts.xlsb",
            &[
                "!H2 SOFCT_USER_8: the cell shows the error #N/A",
                "!H3 SOFCT_USER_8: the cell shows the error #DIV/0!",
            ],
        ),
        (
            "24_percent_bool_error.ods",
            &[
                "!E3 ZIP_CODE: the cell shows the error #N/A",
                "!F4 SOFCT_USER_3: the cell holds a formula that shows nothing (RP_BLANK_FORMULA)",
            ],
        ),
        ("09_hidden_first_sheet.xlsx", &["1 row would be sent, 0 are invalid"]),
    ];
    let columns = [
        "DISCOUNT", "ACTIVE", "CALC", "TAX_NO", "CARD_NO", "AMOUNT", "SINCE", "CHECK", "DATE_A",
        "DATE_B", "DATE_C", "DATETIME", "TIME", "DURATION",
    ];
    let maps: Vec<String> = (1..)
        .zip(columns)
        .map(|(number, column)| format!("{column}=SOFCT_USER_{number}"))
        .collect();
    for (name, faults) in fixtures {
        // Not every file has them all.
        let world = World::new(faulty(&[])).config(&format!("map = {maps:?}\n"));
        let out = world.file(name, fixture(name)).run(&["check", name, "--include-hidden"]).out;
        for fault in faults {
            assert!(out.contains(fault), "{name}: {fault}\n{out}");
        }
    }
}

#[test]
fn an_ods_that_repeats_without_end_is_refused() {
    let content = "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"S\">\
        <table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell \
        table:number-columns-repeated=\"16384\"><text:p>x</text:p></table:table-cell></table:table-row>\
        </table:table></office:spreadsheet></office:body></office:document-content>";
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in
        [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)]
    {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member");
        std::io::Write::write_all(&mut archive, text.as_bytes()).expect("written");
    }
    let bytes = archive.finish().expect("an archive").into_inner();
    let world = World::new(faulty(&[])).file("bomb.ods", bytes);
    let told = world.run(&["check", "bomb.ods"]).expect(2).err;
    assert!(told.contains("repeated"), "{told}");
}

/// The cells without the padding that a format leaves at their ends: it is not sent.
fn trimmed(text: &str) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let cells =
        |record: csv::StringRecord| record.iter().map(|cell| cell.trim().to_owned()).collect();
    reader.records().map(|record| cells(record.expect("a line"))).collect()
}

#[test]
fn a_sheet_with_hidden_rows_is_not_sent_without_a_word() {
    let name = "08_merged_hidden.xlsx";
    let send = ["--yes", "--results", "out.csv"];
    let (world, ran) = run(name, &[&["update", name][..], &send].concat());
    let told = ran.expect(2).err;
    assert!(
        told.contains("2 rows are hidden or filtered away (4, 6); give --skip-hidden"),
        "{told}"
    );
    assert!(world.received().is_empty());
    let rows = |ran: Ran| -> Vec<String> {
        ran.table("out.csv").into_iter().map(|line| line["row"].clone()).collect()
    };
    let skipped = world.run(&[&["update", name, "--skip-hidden"][..], &send].concat());
    let told = skipped.err.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["2 hidden rows are left out", "column NOTES; sent all the same"] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(rows(skipped), ["2", "3", "5", "7"]);
    let included = world.run(&[&["update", name, "--include-hidden"][..], &send].concat());
    assert_eq!(rows(included), ["2", "3", "4", "5", "6", "7"]);
}
