//! Files and answers that mean harm, or look like it: each ends in words, within bounded memory.

use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use rowpatch::sheet::Source;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::workbooks::fixture;
use crate::world::{Ran, World, cities, faulty};

/// Kilobytes of memory that the program may use, which are 512 MB. On Linux that is all private memory
/// that may be written to, whether it was touched or not, stacks of threads included: what is really used
/// is never more, and an allocation beyond it ends the program, and thereby the test.
#[cfg(unix)]
const MOST_MEMORY: u32 = 512 << 10;
/// Parts of an archive that are longer than this are not packed, which would take most of a test's time.
const LONG: usize = 1 << 20;

/// The header that every sheet here begins with.
const HEADER: [&str; 3] = ["CUSTOMER_ID", "CUST_CONTACT", "CITY"];

/// Runs the program with so little memory that it fails if it takes more.
fn bounded(world: &World, arguments: &[&str]) -> Ran {
    let plain = world.command(arguments);
    #[cfg(unix)]
    let mut command = {
        let mut limited = Command::new("sh");
        let script = format!("ulimit -d {MOST_MEMORY} && exec \"$0\" \"$@\"");
        limited.args(["-c", &script]).arg(plain.get_program()).args(plain.get_args());
        limited.current_dir(world.path("")).env("RUST_BACKTRACE", "0");
        limited.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited
    };
    #[cfg(not(unix))]
    let mut command: Command = plain;
    world.ran(command.stdin(Stdio::null()).output().expect("the program runs"))
}

/// Asserts that a file is refused, with these words and its name.
fn refused(name: &str, content: impl AsRef<[u8]>, words: &str) {
    let world = World::new(faulty(&[])).file(name, content);
    told(&world, name, words);
}

fn told(world: &World, name: &str, words: &str) {
    let ran = bounded(world, &["check", name]).expect(2);
    assert!(ran.err.starts_with(&format!("rowpatch: {name}")), "{}", ran.err);
    assert!(ran.err.contains(words), "{}", ran.err);
    assert!(ran.err.len() < 20_000, "{} bytes of text", ran.err.len());
}

/// A part of an archive: what it begins with, what stands in it so many times, how it ends.
struct Part<'a> {
    name: &'a str,
    start: String,
    repeated: (&'a str, usize),
    end: &'a str,
}

fn part(name: &str, text: impl Into<String>) -> Part<'_> {
    Part { name, start: text.into(), repeated: ("", 0), end: "" }
}

fn archive(parts: &[Part<'_>]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for Part { name, start, repeated: (filling, times), end } in parts {
        let method = if start.len() > LONG {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        writer.start_file(*name, options.compression_method(method)).expect("a part");
        writer.write_all(start.as_bytes()).expect("written");
        let block = filling.repeat(1 << 16);
        for _ in 0..times.div_ceil(1 << 16) {
            writer.write_all(block.as_bytes()).expect("written");
        }
        writer.write_all(end.as_bytes()).expect("written");
    }
    writer.finish().expect("an archive").into_inner()
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

fn xlsx(sheet: Part<'_>, texts: Part<'_>) -> Vec<u8> {
    let relation = |id: u8, kind: &str, target: &str| {
        format!("<Relationship Id=\"r{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |inner: String| {
        format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{inner}</Relationships>")
    };
    let inner = relation(1, "worksheet", "worksheets/sheet1.xml")
        + &relation(2, "sharedStrings", "sharedStrings.xml");
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    archive(&[
        part("[Content_Types].xml", format!("<Types xmlns=\"{PACKAGE}/content-types\"/>")),
        part("_rels/.rels", relations(relation(1, "officeDocument", "xl/workbook.xml"))),
        part("xl/workbook.xml", book),
        part("xl/_rels/workbook.xml.rels", relations(inner)),
        sheet,
        texts,
    ])
}

fn sheet_part(before: &str, rows: &str) -> Part<'static> {
    let header: String = HEADER.iter().map(|name| inline(name)).collect();
    let text = format!(
        "{before}<worksheet xmlns=\"{MAIN}\"><sheetData><row>{header}</row>{rows}</sheetData></worksheet>"
    );
    part("xl/worksheets/sheet1.xml", text)
}

fn inline(text: &str) -> String {
    format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn texts_part(before: &str, text: &str) -> Part<'static> {
    let text = format!("{before}<sst xmlns=\"{MAIN}\"><si><t>{text}</t></si></sst>");
    part("xl/sharedStrings.xml", text)
}

/// Puts a filling in the place of a mark.
fn filled<'a>(part: &Part<'a>, filling: &'a str, megabytes: usize) -> Part<'a> {
    let (start, end) = part.start.split_once('@').expect("a mark");
    let end: &'static str = Box::leak(end.to_owned().into_boxed_str());
    let times = (megabytes << 20) / filling.len();
    Part { name: part.name, start: start.to_owned(), repeated: (filling, times), end }
}

fn ods_cell(text: &str, count: u64) -> String {
    format!(
        "<table:table-cell table:number-columns-repeated=\"{count}\"><text:p>{text}</text:p></table:table-cell>"
    )
}

fn ods_part(before: &str, rows: &str) -> Part<'static> {
    let header: String = HEADER.iter().map(|name| ods_cell(name, 1)).collect();
    let text = format!(
        "{before}<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\">\
         <table:table table:name=\"S\"><table:table-row>{header}</table:table-row>{rows}</table:table>\
         </office:document-content>"
    );
    part("content.xml", text)
}

fn ods(content: Part<'_>) -> Vec<u8> {
    archive(&[part("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), content])
}

fn ods_row(cells: &[(&str, u64)]) -> String {
    let cells: String = cells.iter().map(|(text, count)| ods_cell(text, *count)).collect();
    format!("<table:table-row>{cells}</table:table-row>")
}

/// Ten entities, each of which is ten times the one before.
fn laughs() -> String {
    let mut text = "<!DOCTYPE l [<!ENTITY l0 \"lol\">".to_owned();
    for level in 1..10 {
        let inner = format!("&l{};", level - 1).repeat(10);
        write!(text, "<!ENTITY l{level} \"{inner}\">").expect("memory is always written");
    }
    text + "]>"
}

#[test]
fn parts_that_expand_enormously_are_refused() {
    let dense = "is packed more densely than any sheet can be";
    let book = xlsx(filled(&sheet_part("", "@"), " ", 64), texts_part("", "x"));
    refused("sheet.xlsx", book, dense);
    let book = xlsx(sheet_part("", ""), filled(&texts_part("", "@"), " ", 64));
    refused("texts.xlsx", &book, dense);
    let lying = with_size(book, "xl/sharedStrings.xml", 1_000);
    refused("lying.xlsx", lying, "larger than its declared uncompressed size");
    let book = xlsx(sheet_part("", ""), filled(&texts_part("", "</t></si>@<si><t>"), "<si/>", 64));
    refused("items.xlsx", book, dense);
    let book = xlsx(filled(&sheet_part("", "@"), " ", 64), texts_part("", "x"));
    let lying = with_size(book, "xl/worksheets/sheet1.xml", 1_000);
    refused("lying_sheet.xlsx", lying, "larger than its declared uncompressed size");
    let book = ods(filled(&ods_part("", "@"), " ", 64));
    refused("rows.ods", &book, dense);
    refused(
        "lying.ods",
        with_size(book, "content.xml", 1_000),
        "larger than its declared uncompressed size",
    );
    // What is looked at is what the archive says: 200 MB, packed some 250 times.
    let numbers = (0..400_000).map(|number| number.to_string()).collect::<Vec<_>>().join(" ");
    let book = xlsx(sheet_part("", &numbers), texts_part("", "x"));
    refused("large.xlsx", with_size(book, "xl/worksheets/sheet1.xml", 200 << 20), dense);
}

#[test]
fn what_is_held_in_memory_is_bounded_however_it_is_packed() {
    let texts = |count: usize, told: &str| {
        let texts = "<si><t>ab</t></si>".repeat(count);
        part("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\"{told}>{texts}</sst>"))
    };
    let sheet = || sheet_part("", "");
    refused("texts.xlsx", xlsx(sheet(), texts(5_000_000, "")), "and 320 MB are the most");
    let in_capitals = Part { name: "xl/SHAREDstrings.xml", ..texts(5_000_000, "") };
    refused("capitals.xlsx", xlsx(sheet(), in_capitals), "and 320 MB are the most");
    let told = texts(1, " uniqueCount=\"99999999999999\"");
    refused("told.xlsx", xlsx(sheet(), told), "it says that 99999999999999 texts stand in");
    let styles = part("xl/styles.xml", "<xf></xf>".repeat(1_000_000));
    refused("styles.xlsx", xlsx(sheet(), styles), "xl/styles.xml, and 8388608 are the most");
    let long = "x".repeat(100_000_000);
    let piece = |bytes| format!("it holds a text or a tag of more than {bytes} bytes");
    let row = format!("<row>{}</row>", inline(&long));
    refused("cell.xlsx", xlsx(sheet_part("", &row), texts(1, "")), &piece(67_108_864));
    refused("text.xlsx", xlsx(sheet(), texts_part("", &long)), &piece(67_108_864));
    refused("cell.ods", ods(ods_part("", &ods_row(&[(&long, 1)]))), &piece(16_777_216));
    let tables = "<table:table table:name=\"T\"/>".repeat(10_002);
    refused(
        "sheets.ods",
        ods(part("content.xml", format!("<a>{tables}</a>"))),
        "has more than 10000 sheets",
    );
    let names: Vec<String> = (0..10_001).map(|name| name.to_string()).collect();
    let parts: Vec<_> = names.iter().map(|name| part(name, "")).collect();
    refused("parts.xlsx", archive(&parts), "is an archive of more than 10000 parts");
}

#[test]
fn one_text_does_not_stand_in_an_xls_for_gigabytes() {
    let record = |id: u16, data: &[u8]| {
        let length = u16::try_from(data.len()).expect("short");
        [&id.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    };
    let (begin, end) = (record(0x0809, &[0, 6, 0x10, 0]), record(0x000A, &[]));
    let text = [&[1, 0, 0, 0, 1, 0, 0, 0][..], &8_000_u16.to_le_bytes(), &[0; 8_001]].concat();
    let globals = [begin.clone(), record(0x00FC, &text)].concat();
    // A sheet of the name S, which begins behind this record and the end.
    let start = u32::try_from(globals.len() + 13 + 4).expect("short");
    let sheet = record(0x0085, &[&start.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat());
    let cells =
        (0..20_000_u16).flat_map(|row| record(0x00FD, &[&row.to_le_bytes()[..], &[0; 8]].concat()));
    let stream = [globals, sheet, end.clone(), begin, cells.collect(), end].concat();
    let mut book = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a file");
    book.create_stream("/Workbook").expect("a stream").write_all(&stream).expect("written");
    let book = book.into_inner().into_inner();
    refused("texts.xls", book, "an .xls file that has texts of more than 64 MB is not read");
}

#[test]
fn a_record_of_an_xlsb_that_claims_to_be_endless_takes_no_room() {
    // A record that nobody knows, of as many bytes as can be claimed ([MS-XLSB] 2.1.4).
    let endless = [0x81, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F];
    for part in ["workbook.bin", "styles.bin", "sharedStrings.bin", "worksheets/sheet1.bin"] {
        let book = packed_anew(&fixture("13_contacts.xlsb"), |_, name, content| {
            if name == format!("xl/{part}") {
                content.splice(..0, endless);
            }
        });
        let words = "a record is longer than any cell can be";
        refused("endless.xlsb", book.expect("an archive"), words);
    }
}

/// Declares another size for a part, in the directory at the end of an archive (APPNOTE.TXT 4.3.12).
fn with_size(mut archive: Vec<u8>, name: &str, size: u32) -> Vec<u8> {
    let starts: Vec<usize> = archive
        .windows(4)
        .enumerate()
        .filter(|(_, four)| *four == b"PK\x01\x02")
        .map(|(at, _)| at)
        .collect();
    for at in starts {
        if archive[at + 46..].starts_with(name.as_bytes()) {
            archive[at + 24..at + 28].copy_from_slice(&size.to_le_bytes());
        }
    }
    archive
}

#[test]
fn repetitions_do_not_add_up() {
    refused(
        "cells.ods",
        ods(ods_part("", &ods_row(&[("A", 2_000_000_000)]))),
        "row 2 has more than 16384 columns",
    );
    let row = ods_row(&[("A", 1), ("C", 1), ("Rome", 1)]);
    let repeated = |count: &str| {
        row.replace(
            "<table:table-row>",
            &format!("<table:table-row table:number-rows-repeated=\"{count}\">"),
        )
    };
    refused(
        "rows.ods",
        ods(ods_part("", &repeated("2000000000"))),
        "row 2 is repeated 2000000000 times",
    );
    let blank = "<table:table-row table:number-rows-repeated=\"18446744073709551615\"><table:table-cell/></table:table-row>";
    refused(
        "blank.ods",
        ods(ods_part("", &format!("{blank}{row}"))),
        "cannot be read as a workbook",
    );
    let long = "x".repeat(2_000_000);
    refused(
        "long.ods",
        ods(ods_part("", &ods_row(&[(&long, 16_384)]))),
        "row 2 is longer than 16777216 bytes",
    );
    let wide = ods_row(&[("A", 16_384)]).repeat(5_000);
    refused("wide.ods", ods(ods_part("", &wide)), "repeated more often than any sheet needs");
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(16_384);
    let book = xlsx(sheet_part("", &format!("<row>{cells}</row>")), texts_part("", &long));
    refused("shared.xlsx", book, "row 2 is longer than 16777216 bytes");
}

#[test]
fn entities_are_not_expanded() {
    let cells = [inline("A"), inline("C"), inline("&l9;")].concat();
    let book = xlsx(sheet_part(&laughs(), &format!("<row>{cells}</row>")), texts_part("", "x"));
    refused("cell.xlsx", book, "&l9;");
    refused("texts.xlsx", xlsx(sheet_part("", ""), texts_part(&laughs(), "&l9;")), "&l9;");
    let row = ods_row(&[("A", 1), ("C", 1), ("&l9;", 1)]);
    refused("cell.ods", ods(ods_part(&laughs(), &row)), "&l9;");
}

#[test]
fn rows_that_are_too_wide_or_too_long_are_named() {
    let header = HEADER.join(",");
    let row = vec!["A"; 16_385].join(",");
    refused("wide.csv", format!("{header}\n{row}\n"), "row 2: the row has more than 16384 columns");
    let cells = inline("A").repeat(16_385);
    let book = xlsx(sheet_part("", &format!("<row>{cells}</row>")), texts_part("", "x"));
    refused("wide.xlsx", book, "cell XFE2 stands beyond the last");
    let cell = "x".repeat(100_000_000);
    refused(
        "long.csv",
        format!("{header}\nA,C,{cell}\n"),
        "row 2, column C: the row is longer than 4194304 bytes",
    );
    let long = "h".repeat(4_000_000);
    refused(
        "header.csv",
        format!("{header},{long}\nA,C,Rome,x\n"),
        "has a header of 4000000 bytes",
    );
    let many: String =
        (0..16_000).fold(String::new(), |text, column| text + ",h" + &column.to_string());
    refused("headers.csv", format!("{header}{many}\n"), "15,950 more columns that name no field");
}

#[test]
fn bytes_that_are_no_text_make_their_row_invalid() {
    let sheet =
        [b"CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Z\xC3\xBCrich \xC3\xA9\nB,C,\xC3\x28\nD,C,Ro\0me\n"
            .as_slice()]
        .concat();
    let world = World::new(faulty(&[])).file("bytes.csv", sheet);
    let out = bounded(&world, &["check", "bytes.csv"]).expect(1).out;
    assert!(out.contains("bytes.csv:C3: ") && out.contains("RP_ENCODING"), "{out}");
    assert!(out.contains("bytes.csv:C4: the cell holds a NUL character (RP_NUL)"), "{out}");
    refused("nuls.csv", vec![0; 1_000_000], "is neither a workbook nor text");
}

#[test]
fn what_is_no_spreadsheet_is_called_so() {
    let neither = "is neither a workbook nor text";
    refused(
        "picture.xlsx",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0",
        neither,
    );
    let random = |start: &[u8]| {
        let mut state = 17_u64;
        let noise = (0..100_000).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        });
        start.iter().copied().chain(noise).collect::<Vec<u8>>()
    };
    for name in ["random.xls", "random.xlsb", "random.ods"] {
        refused(name, random(b""), neither);
    }
    refused("start.xlsb", random(b"PK\x03\x04"), "is a damaged workbook");
    refused(
        "start.xls",
        random(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
        "cannot be read as a workbook",
    );
    let world = World::new(faulty(&[]));
    std::fs::create_dir(world.path("folder.xlsx")).expect("a folder");
    told(&world, "folder.xlsx", "is a folder; name the file in it");
}

#[cfg(unix)]
#[test]
fn a_pipe_with_a_name_is_not_waited_for() {
    let world = World::new(faulty(&[]));
    let made = Command::new("mkfifo").arg(world.path("pipe.csv")).status().expect("mkfifo runs");
    assert!(made.success());
    told(&world, "pipe.csv", "is not a regular file; to read from a pipe write - as the file");
}

#[test]
fn an_encrypted_workbook_wants_its_password_taken_off() {
    let mut compound = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a file");
    for name in ["/EncryptionInfo", "/EncryptedPackage"] {
        compound.create_stream(name).expect("a stream").write_all(&[7; 5_000]).expect("written");
    }
    let told = "is protected by a password; open it in Excel and save a copy without one";
    refused("secret.xlsx", compound.into_inner().into_inner(), told);

    // The records of an encrypted .xls have their lengths, and nothing else that can be read; FILEPASS stands before.
    let record = |id: u16, data: &[u8]| {
        let length = u16::try_from(data.len()).expect("short");
        [&id.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    };
    for method in [0, 1] {
        let (begin, end) = (record(0x0809, &[0, 6, 5, 0]), record(0x000A, &[]));
        let pass = record(0x002F, &[&[method, 0][..], &[7; 4]].concat());
        let sheet = record(0x0085, &[57, 0, 0, 0, 7, 7, 1, 7, 7]);
        let cell = record(0x0203, &[7; 14]);
        let stream = [&begin[..], &pass, &sheet, &end, &begin, &cell, &end].concat();
        let mut book = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a file");
        book.create_stream("/Workbook").expect("a stream").write_all(&stream).expect("written");
        refused("secret.xls", book.into_inner().into_inner(), told);
    }

    let kind = part("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    let manifest = part(
        "META-INF/manifest.xml",
        "<manifest:manifest><manifest:file-entry manifest:full-path=\"content.xml\">\
         <manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
    );
    refused("secret.ods", archive(&[kind, part("content.xml", "\u{7}\u{8}<"), manifest]), told);
    refused("whole.ods", archive(&[part("encrypted-package", "\u{7}\u{8}")]), told);
}

#[test]
fn an_error_that_the_reader_does_not_know_is_told_with_its_row() {
    let cells = [inline("A"), inline("C"), "<c t=\"e\"><v>#GETTING_DATA</v></c>".to_owned()];
    let rows = format!("<row>{}</row>", cells.concat());
    let book = xlsx(sheet_part("", &rows), texts_part("", "x"));
    refused("k.xlsx", book, "sheet \"S\": a cell in row 2 or below shows the error #GETTING_DATA");
}

#[test]
fn one_cell_in_the_far_corner_of_an_xls_takes_no_room() {
    let mut book = fixture("12_contacts.xls");
    // The last cell with a shared text: identifier and length of the record, then row and column.
    let is_cell =
        |bytes: &[u8]| bytes.starts_with(&[0xFD, 0, 10, 0]) && bytes[5] == 0 && bytes[7] == 0;
    let last = book.windows(8).rposition(is_cell).expect("a cell");
    book[last + 4..last + 8].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0]);
    refused("far.xls", &book, "spread over far more room than they fill");

    // The folder says that nothing stands in it ([MS-CFB] 2.6.1: the child of the root entry).
    let root: Vec<u8> = "Root Entry".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let at = book.windows(root.len()).position(|bytes| bytes == root).expect("a root");
    book[at + 76..at + 80].fill(0xFF);
    refused("nowhere.xls", book, "(it holds no workbook)");
}

/// Answers every request so: a token to a login, and this to an update.
fn server(body: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            // Whoever hangs up has seen enough.
            let _ = answer(&mut stream, &body);
        }
    });
    format!("http://{address}")
}

fn answer(
    stream: &mut TcpStream,
    body: &impl Fn(&mut TcpStream) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    // All requests are short JSON objects: the closing brace is the last byte.
    while !request.ends_with(b"}") {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&buffer[..read]);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
    if request.starts_with(b"POST /api/auth-token-get ") {
        return stream.write_all(b"{\"AUTH_TOKEN\":\"t\"}");
    }
    body(stream)
}

/// Sends one row to such a server, and gives its status, code and message.
fn sent(body: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + 'static) -> [String; 3] {
    let world =
        World::new(faulty(&[])).at(&server(body)).file("contacts.csv", cities([("A", "Rome")]));
    let arguments = ["update", "contacts.csv", "--yes", "--retries", "0"];
    let line = bounded(&world, &arguments).expect(1).results().remove(0);
    ["status", "MESSAGE_CODE", "MESSAGE"].map(|column| line[column].clone())
}

#[test]
fn answers_that_mean_harm_leave_the_row_unconfirmed() {
    let deep =
        sent(|stream| stream.write_all(format!("{{\"A\":{}", "[".repeat(1_000_000)).as_bytes()));
    assert_eq!(deep[..2], ["unconfirmed", "RP_FOREIGN_ANSWER"], "{deep:?}");
    let long = sent(|stream| (0..1_024).try_for_each(|_| stream.write_all(&vec![b' '; 1 << 20])));
    assert_eq!(long[..2], ["unconfirmed", "RP_CONNECTION_LOST"], "{long:?}");
    assert!(long[2].contains("the answer is longer than 8388608 bytes"), "{long:?}");
    let odd = sent(|stream| {
        stream.write_all(b"{\"CUSTOMER_ID\":\"A\",\"CUST_CONTACT\":\"C\",\"CITY\":\"\xFF\xFE\"}")
    });
    assert_eq!(odd[..2], ["unconfirmed", "RP_FOREIGN_ANSWER"], "{odd:?}");
}

/// Reads all rows of these bytes, as often as a run does: whatever they are, it ends without a panic.
fn read(bytes: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("written");
    read_file(file.path());
}

fn read_file(path: &Path) {
    let Ok(source) = Source::open(path, None) else { return };
    for _ in 0..2 {
        let _ = source.rows(None, &mut |_, cells| {
            assert!(cells.len() <= 16_384);
            ControlFlow::Continue(())
        });
    }
}

const BOOKS: [&str; 5] = [
    "08_merged_hidden.xlsx",
    "13_contacts.xlsb",
    "12_contacts.xls",
    "23_zip_phone_masks.ods",
    "14_cp1252_semicolon.csv",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_read_or_refused(
        start in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\xFF\xFE", b"A,B\n"]),
        bytes in prop::collection::vec(any::<u8>(), 0..4_096),
    ) {
        read(&[start, &bytes].concat());
    }

    #[test]
    fn damaged_files_are_read_or_refused(
        name in prop::sample::select(BOOKS.to_vec()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = fixture(name);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read(&bytes);
    }

    #[test]
    fn damaged_parts_are_read_or_refused(
        name in prop::sample::select(BOOKS[..4].to_vec()),
        part in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
    ) {
        if let Ok(bytes) = with_damaged_part(&fixture(name), part, &changes) {
            read(&bytes);
        }
    }
}

/// An archive of which one part is damaged.
fn with_damaged_part(
    bytes: &[u8],
    damaged: prop::sample::Index,
    changes: &[(prop::sample::Index, u8)],
) -> zip::result::ZipResult<Vec<u8>> {
    let damaged = damaged.index(zip::ZipArchive::new(Cursor::new(bytes))?.len());
    packed_anew(bytes, |index, _, content| {
        if index == damaged && !content.is_empty() {
            for (at, byte) in changes {
                let at = at.index(content.len());
                content[at] = *byte;
            }
        }
    })
}

/// An archive whose parts are changed, by their number and name, before they are packed: else the
/// checksum of a part tells of it first.
fn packed_anew(
    bytes: &[u8],
    change: impl Fn(usize, &str, &mut Vec<u8>),
) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut member = archive.by_index(index)?;
        let name = member.name()?.into_owned();
        let mut content = Vec::new();
        member.read_to_end(&mut content)?;
        change(index, &name, &mut content);
        writer.start_file(name, SimpleFileOptions::default())?;
        writer.write_all(&content)?;
    }
    Ok(writer.finish()?.into_inner())
}
