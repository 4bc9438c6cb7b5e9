//! Archives whose parts a fuzzer can reach: it gets nowhere through compression and checksums.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// What stands between two parts in an input.
const BETWEEN: &[u8] = b"\xFF\xFE\n==\n";

/// The parts of an xlsx, in the order in which they stand in an input.
pub const XLSX: [&str; 6] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
];
/// Those of an xlsb.
pub const XLSB: [&str; 5] = [
    "xl/worksheets/sheet1.bin",
    "xl/sharedStrings.bin",
    "xl/styles.bin",
    "xl/workbook.bin",
    "xl/_rels/workbook.bin.rels",
];
/// Those of an ods.
pub const ODS: [&str; 2] = ["content.xml", "mimetype"];

/// An archive of the parts in an input, or the input itself if it is an archive already.
pub fn packed(names: &[&str], input: &[u8]) -> Vec<u8> {
    if input.starts_with(b"PK\x03\x04") { input.to_vec() } else { stored(names, &split(input)) }
}

/// An archive of these parts, none of them compressed.
pub fn stored(names: &[&str], parts: &[&[u8]]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in names.iter().zip(parts) {
        writer.start_file(*name, options).expect("memory is always written");
        writer.write_all(part).expect("memory is always written");
    }
    writer.finish().expect("memory is always written").into_inner()
}

fn split(mut input: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some(at) = input.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        parts.push(&input[..at]);
        input = &input[at + BETWEEN.len()..];
    }
    parts.push(input);
    parts
}

/// The input for the parts of an archive; one that is missing is blank.
pub fn unpacked(names: &[&str], archive: &[u8]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let parts: Vec<_> = names
        .iter()
        .map(|name| {
            let mut part = Vec::new();
            if let Ok(mut member) = archive.by_name(name) {
                member.read_to_end(&mut part).expect("a part");
            }
            part
        })
        .collect();
    parts.join(BETWEEN)
}
