//! Sheets as people make them.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

use crate::world::{Ran, World, cities, faulty};

/// Checks a workbook whose first sheet is written so, below a header with keys, CITY and NOTES.
fn check(write: impl FnOnce(&mut Worksheet), flags: &[&str]) -> Ran {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let header = ["CUSTOMER_ID", "CUST_CONTACT", "CITY", "NOTES"];
    for (column, name) in (0..).zip(header) {
        sheet.write_string(0, column, name).expect("written");
    }
    write(sheet);
    let mut hidden = Worksheet::new();
    hidden.set_name("Lookup").expect("a name").set_hidden(true);
    book.push_worksheet(hidden);
    book.add_worksheet().set_name("Archive").expect("a name");
    let world = World::new(faulty(&[])).file("k.xlsx", book.save_to_buffer().expect("saved"));
    world.run(&[&["check", "k.xlsx"], flags].concat())
}

fn write_row(sheet: &mut Worksheet, row: u32, cells: [&str; 4]) {
    for (column, text) in (0..).zip(cells) {
        if !text.is_empty() {
            sheet.write_string(row, column, text).expect("written");
        }
    }
}

#[test]
fn what_is_read_and_what_is_not_is_said_first() {
    let out = check(
        |sheet| {
            write_row(sheet, 1, ["A", "C", "Rome", ""]);
            write_row(sheet, 4, ["B", "C", "Oslo", ""]);
            sheet.set_column_hidden(3).expect("hidden");
        },
        &[],
    )
    .expect(0)
    .out;
    for line in [
        "File         k.xlsx, sheet \"Sheet1\"",
        "Not read     sheets Lookup (hidden), Archive",
        "Hidden       column NOTES; sent all the same",
        "k.xlsx: 2 rows would be sent, 0 are invalid. 2 blank rows are passed over. Nothing was sent.",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
}

#[test]
fn a_formula_that_was_never_calculated_makes_its_row_invalid() {
    // Scripts write formulas without a value, as openpyxl does.
    let sheet = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
        <row r=\"1\"><c r=\"A1\" t=\"str\"><v>CUSTOMER_ID</v></c><c r=\"B1\" t=\"str\"><v>CUST_CONTACT</v></c><c r=\"C1\" t=\"str\"><v>CITY</v></c></row>\
        <row r=\"2\"><c r=\"A2\" t=\"str\"><v>A</v></c><c r=\"B2\" t=\"str\"><v>C</v></c><c r=\"C2\"><f>A2&amp;B2</f><v></v></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"str\"><v>B</v></c><c r=\"B3\" t=\"str\"><v>C</v></c><c r=\"C3\" t=\"str\"><f>A3&amp;B3</f><v>BC</v></c></row>\
        <row r=\"4\"><c r=\"A4\" t=\"str\"><v>D</v></c><c r=\"B4\" t=\"str\"><v>C</v></c><c r=\"C4\" t=\"str\"><f>IF(1,\"\",\"x\")</f><v></v></c></row>\
        </sheetData></worksheet>";
    let world = World::new(faulty(&[])).file("k.xlsx", with_sheet(sheet));
    let ran = world.run(&["check", "k.xlsx", "--results", "out.csv"]).expect(1);
    let codes: Vec<_> =
        ran.table("out.csv").iter().map(|line| line["MESSAGE_CODE"].clone()).collect();
    assert_eq!(codes, ["RP_UNCALCULATED", "", "RP_NOTHING"], "{}", ran.out);
    assert!(
        ran.out.contains("!C2 CITY: the cell holds a formula that was never calculated"),
        "{}",
        ran.out
    );
    let again = world.run(&["check", "out.rejects.xlsx"]).expect(1).out;
    assert!(
        again.contains("!C2 CITY: the cell holds a formula that was never calculated"),
        "{again}"
    );
}

/// A workbook whose one sheet has this XML.
fn with_sheet(sheet: &str) -> Vec<u8> {
    with_parts(&[("xl/worksheets/sheet1.xml", sheet)])
}

/// A workbook of which these parts are as given.
fn with_parts(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet();
    let bytes = book.save_to_buffer().expect("saved");
    let mut source = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..source.len() {
        let member = source.by_index(index).expect("a member");
        let name = member.name().expect("a name").into_owned();
        if let Some((_, text)) = parts.iter().find(|(part, _)| *part == name) {
            archive.start_file(&name, zip::write::SimpleFileOptions::default()).expect("a member");
            std::io::Write::write_all(&mut archive, text.as_bytes()).expect("written");
        } else {
            archive.raw_copy_file(member).expect("copied");
        }
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn cells_out_of_their_order_are_not_taken_for_others() {
    let sheet = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
        <row r=\"1\"><c r=\"B1\" t=\"str\"><v>x</v></c><c r=\"A1\" t=\"str\"><v>y</v></c></row></sheetData></worksheet>";
    let world = World::new(faulty(&[])).file("k.xlsx", with_sheet(sheet));
    let told = world.run(&["show", "k.xlsx"]).expect(2).err;
    assert!(told.contains("the cells of row 1 are not in their order"), "{told}");
}

#[test]
fn another_sheet_that_has_the_header_is_named() {
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("Info")
        .expect("a name")
        .write_string(0, 0, "Read me")
        .expect("written");
    let sheet = book.add_worksheet().set_name("Contacts").expect("a name");
    for (column, name) in (0..).zip(["CUSTOMER_ID", "CUST_CONTACT", "CITY"]) {
        sheet.write_string(0, column, name).expect("written");
    }
    let world = World::new(faulty(&[])).file("k.xlsx", book.save_to_buffer().expect("saved"));
    let told = world.run(&["check", "k.xlsx"]).expect(2).err;
    assert!(told.contains("Sheet \"Contacts\" has them: give --sheet \"Contacts\""), "{told}");
}

#[test]
fn what_a_setting_does_to_every_row_is_said() {
    let world = World::new(faulty(&[]))
        .config("[set]\nCONTACT_STATUS = \"A\"\n")
        .file("a.csv", cities([("A", "Rome")]));
    let out = world.run(&["check", "a.csv"]).expect(0).out;
    assert!(out.contains("Config       config.toml"), "{out}");
    assert!(out.contains("Set          CONTACT_STATUS = \"A\" in every row"), "{out}");
}

#[test]
fn formulas_that_a_script_left_at_zero_are_not_sent_as_zero() {
    let ran = check(
        |sheet| {
            write_row(sheet, 1, ["A", "C", "Rome", ""]);
            sheet.write_formula(1, 3, "=A2&B2").expect("written");
            write_row(sheet, 2, ["B", "C", "Oslo", ""]);
            sheet.write_formula(2, 3, Formula::new("=2*2").set_result("4")).expect("written");
        },
        &[],
    );
    let out = ran.expect(1).out;
    assert!(out.contains("!D2 NOTES: the cell holds a formula that was never calculated"), "{out}");
    assert!(out.contains("1 row would be sent, 1 is invalid"), "{out}");
}

#[test]
fn a_zero_is_not_trusted_wherever_the_workbook_says_that_it_is_to_be_calculated() {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let checked = |of_book: &str, value: &str, of_sheet: &str| {
        let book = format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>\
             <sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets>{of_book}</workbook>"
        );
        let sheet = format!(
            "<worksheet xmlns=\"{main}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>CUSTOMER_ID</v></c>\
             <c r=\"B1\" t=\"str\"><v>CUST_CONTACT</v></c><c r=\"C1\" t=\"str\"><v>CITY</v></c></row>\
             <row r=\"2\"><c r=\"A2\" t=\"str\"><v>A</v></c><c r=\"B2\" t=\"str\"><v>C</v></c>\
             <c r=\"C2\"><f>A2&amp;B2</f><v>{value}</v></c></row></sheetData>{of_sheet}</worksheet>"
        );
        let parts = [("xl/workbook.xml", &*book), ("xl/worksheets/sheet1.xml", &*sheet)];
        let world = World::new(faulty(&[])).file("k.xlsx", with_parts(&parts));
        world.run(&["check", "k.xlsx"])
    };
    let told = "!C2 CITY: the cell holds a formula that was never calculated";
    for of_book in ["<calcPr fullCalcOnLoad=\"1\"/>", "<calcPr fullCalcOnLoad=\"true\"/>"] {
        for value in ["0", "0.0"] {
            let out = checked(of_book, value, "").expect(1).out;
            assert!(out.contains(told), "{of_book} {value}\n{out}");
        }
        checked(of_book, "0.5", "").expect(0);
    }
    let out = checked("", "0.0", "<sheetCalcPr fullCalcOnLoad=\"true\"/>").expect(1).out;
    assert!(out.contains(told), "{out}");
    for of_book in ["", "<calcPr/>", "<calcPr fullCalcOnLoad=\"false\"/>"] {
        checked(of_book, "0", "<sheetCalcPr fullCalcOnLoad=\"0\"/>").expect(0);
    }
}

#[test]
fn a_cell_beyond_the_last_of_any_sheet_is_a_fault_and_not_a_flood() {
    let head = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";
    for cell in ["ZZZZZ2", "A1048577"] {
        let sheet = format!(
            "{head}<row><c r=\"{cell}\" t=\"str\"><v>x</v></c></row></sheetData></worksheet>"
        );
        let world = World::new(faulty(&[])).file("k.xlsx", with_sheet(&sheet));
        let told = world.run(&["show", "k.xlsx"]).expect(2).err;
        assert!(told.contains("stands beyond the last of any sheet"), "{cell}: {told}");
    }
}

#[test]
fn a_blank_key_in_a_merged_cell_is_named_as_such() {
    let ran = check(
        |sheet| {
            write_row(sheet, 1, ["", "C1", "Rome", ""]);
            write_row(sheet, 2, ["", "C2", "Oslo", ""]);
            sheet.merge_range(1, 0, 2, 0, "A", &Format::new()).expect("merged");
        },
        &[],
    );
    let out = ran.expect(1).out;
    let line = "!A3 CUSTOMER_ID: the key is blank: the cell is merged into A2:A3, of which A2 alone holds a value (RP_KEY)";
    assert!(out.contains(line), "{out}");
}

#[test]
fn a_key_that_a_merged_cell_does_not_show_is_not_sent_nor_are_its_rejects() {
    let text = |cell: &str, text: &str| format!("<c r=\"{cell}\" t=\"str\"><v>{text}</v></c>");
    let row = |number: u32, cells: [&str; 3]| {
        let places = ["A", "B", "C"].map(|column| format!("{column}{number}"));
        let cells: Vec<_> =
            places.iter().zip(cells).map(|(place, cell)| text(place, cell)).collect();
        format!("<row r=\"{number}\">{}</row>", cells.concat())
    };
    let sheet = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{}{}{}</sheetData>\
         <mergeCells count=\"1\"><mergeCell ref=\"A2:A3\"/></mergeCells></worksheet>",
        row(1, ["CUSTOMER_ID", "CUST_CONTACT", "CITY"]),
        row(2, ["A", "C", "Rome"]),
        row(3, ["B", "C", "Oslo"]),
    );
    let world = World::new(faulty(&[])).file("k.xlsx", with_sheet(&sheet));
    let out = world.run(&["check", "k.xlsx", "--results", "out.csv"]).expect(1).out;
    assert!(out.contains("!A3 CUSTOMER_ID: the cell is merged into A2:A3"), "{out}");
    let again = world.run(&["check", "out.rejects.xlsx"]).expect(1).out;
    assert!(again.contains("!A2 CUSTOMER_ID: the cell is merged into A2:A3"), "{again}");
}

#[test]
fn dates_and_numbers_that_may_have_lost_something_are_warnings() {
    let out = check(
        |sheet| {
            write_row(sheet, 1, ["A", "C", "Rome", ""]);
            let date = Format::new().set_num_format("d-mmm");
            sheet.write_number_with_format(1, 3, 45_293.0, &date).expect("written");
            write_row(sheet, 2, ["B", "C", "Oslo", ""]);
            sheet.write_formula(2, 3, Formula::new("NA()").set_result("#N/A")).expect("written");
            write_row(sheet, 3, ["D", "C", "Bern", ""]);
            sheet.write_number(3, 3, 123_456_789_012.0).expect("written");
            write_row(sheet, 4, ["E", "C", "Wien", ""]);
            sheet.write_number(4, 3, 1_234_567_890_123_456.0).expect("written");
        },
        &[],
    )
    .expect(1)
    .out;
    for line in [
        "!D2 NOTES: the cell holds a date or a time; it is sent as 2-Jan (RP_DATE)",
        "!D3 NOTES: the cell shows the error #N/A (RP_ERROR_CELL)",
        "!D4 NOTES: Excel shows this number shortened; it is sent in full as 123456789012 (RP_SHORTENED)",
        "!D5 NOTES: the cell holds a number of more than 15 digits, of which the last are lost (RP_DIGITS)",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
}

#[test]
fn rows_for_the_same_record_are_told_and_with_strict_the_later_ones_are_not_sent() {
    let rows = [("A", "Rome"), ("B", "Oslo"), (" a ", "Bern"), ("A", "Wien")];
    let world = World::new(faulty(&[])).file("contacts.csv", cities(rows));
    let ran = world.update(&[]).expect(0);
    let warned: Vec<bool> =
        ran.column("warnings").iter().map(|text| text.contains("RP_DUPLICATE")).collect();
    assert_eq!(warned, [false, false, true, true]);
    assert!(ran.column("warnings")[3].contains("row 2 is for the same record"));
    let strict = world.update(&["--strict"]).expect(1);
    assert_eq!(strict.column("status"), ["updated", "updated", "invalid", "invalid"]);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
}

#[test]
fn a_file_that_is_open_elsewhere_is_said_to_be() {
    let world = World::new(faulty(&[])).file("a.csv", cities([("A", "Rome")])).file("~$a.csv", "");
    let out = world.run(&["check", "a.csv"]).expect(0).out;
    assert!(out.contains("Open         ~$a.csv lies beside it"), "{out}");
}

#[test]
fn rows_of_an_ods_that_are_hidden_or_filtered_away_are_known() {
    let row = |attributes: &str, cells: [&str; 3]| {
        let cells = cells.map(|text| {
            format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
        });
        let cells = cells.concat();
        format!("<table:table-row {attributes}>{cells}</table:table-row>")
    };
    let rows = [
        row("", ["CUSTOMER_ID", "CUST_CONTACT", "CITY"]),
        row("", ["A", "C", "Rome"]),
        row("table:visibility=\"filter\"", ["B", "C", "Oslo"]),
        row("table:visibility=\"collapse\"", ["D", "C", "Bern"]),
    ];
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"S\">\
         <table:table-column table:number-columns-repeated=\"2\"/><table:table-column table:visibility=\"collapse\"/>{}\
         <table:table-row table:visibility=\"collapse\" table:number-rows-repeated=\"1000\"><table:table-cell/></table:table-row>\
         </table:table></office:spreadsheet></office:body></office:document-content>",
        rows.concat()
    );
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in
        [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)]
    {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member");
        std::io::Write::write_all(&mut archive, text.as_bytes()).expect("written");
    }
    let bytes = archive.finish().expect("an archive").into_inner();
    let world = World::new(faulty(&[])).file("k.ods", bytes);
    let told = world.run(&["check", "k.ods"]).expect(2).err;
    assert!(told.contains("2 rows are hidden or filtered away (3-4)"), "{told}");
    let out = world.run(&["check", "k.ods", "--skip-hidden"]).expect(0).out;
    assert!(out.contains("column CITY; sent") && out.contains("1 row would be sent"), "{out}");
}
