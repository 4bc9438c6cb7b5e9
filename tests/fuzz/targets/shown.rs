//! Number formats: whatever the code of one, a cell that has it is read.

#![no_main]

use std::fmt::Write as _;

use libfuzzer_sys::fuzz_target;
use rowpatch_fuzz::package::{XLSX, stored};
use rowpatch_fuzz::{judge_panics, read_whole};

/// Longest code in characters, as in Excel.
const LONGEST: usize = 255;

fuzz_target!(init: judge_panics(), |input: &[u8]| {
    // A number, whether dates count from 1904, and the code.
    let Some((number, rest)) = input.split_first_chunk() else { return };
    let Some((flags, code)) = rest.split_first() else { return };
    let number = f64::from_le_bytes(*number);
    let Ok(code) = std::str::from_utf8(code) else { return };
    if number.is_finite() && code.chars().all(is_xml) && code.chars().count() <= LONGEST {
        read_whole(&workbook(number, code, flags & 1));
    }
});

fn workbook(number: f64, code: &str, is_1904: u8) -> Vec<u8> {
    let sheet = format!(
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" s=\"1\"><v>{number}</v></c>\
         <c r=\"B1\" s=\"1\" t=\"str\"><v>{number}</v></c></row></sheetData></worksheet>"
    );
    let styles = format!(
        "<styleSheet><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"{}\"/></numFmts>\
         <cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>",
        escaped(code)
    );
    let book = format!(
        "<workbook><workbookPr date1904=\"{is_1904}\"/><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{kinds}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let of_book = relation("worksheet", "worksheets/sheet1.xml");
    let of_package = relation("officeDocument", "xl/workbook.xml");
    let texts = "<sst/>";
    let parts = [&sheet, texts, &styles, &book, &of_book, &of_package];
    stored(&XLSX, &parts.map(str::as_bytes))
}

/// Whether a character may stand in XML at all (XML 1.0, 2.2).
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn escaped(code: &str) -> String {
    code.chars().fold(String::new(), |mut text, c| {
        write!(text, "&#{};", u32::from(c)).expect("memory is always written");
        text
    })
}
