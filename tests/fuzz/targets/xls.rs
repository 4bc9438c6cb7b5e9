//! Workbooks of Excel 97 to 2003: a stream of records in a compound file.

#![no_main]

use std::io::{Cursor, Write as _};

use cfb::CompoundFile;
use libfuzzer_sys::fuzz_target;
use rowpatch_fuzz::{judge_panics, read};

/// The start of a compound file.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

fuzz_target!(init: judge_panics(), |input: &[u8]| {
    if input.starts_with(COMPOUND) { read(input, None) } else { read(&compound(input), None) }
});

/// A compound file with this stream of records: a fuzzer gets nowhere through its tables of sectors.
fn compound(records: &[u8]) -> Vec<u8> {
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).expect("memory is always written");
    let mut stream = file.create_stream("/Workbook").expect("memory is always written");
    stream.write_all(records).expect("memory is always written");
    stream.flush().expect("memory is always written");
    drop(stream);
    file.into_inner().into_inner()
}
