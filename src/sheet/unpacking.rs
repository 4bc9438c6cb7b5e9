//! What an archive may unpack to: a few kilobytes can stand for gigabytes.
//!
//! The sizes that the archive declares are looked at: the `zip` crate unpacks no part further than
//! its size, so that one which lies is an error when it is read.

use std::io::{Read, Seek};

use zip::ZipArchive;

/// Most bytes that a workbook may unpack to; a million rows of twenty cells stay below it.
const MOST_UNPACKED: u64 = 4 << 30;
/// A part of no more bytes than this is harmless, however well it was packed.
const HARMLESS: u64 = 16 << 20;
/// How often a larger part may be longer than its packed form. A sheet of the same row over and over
/// reaches 233; a bomb comes near the 1,032 that deflate can do.
const MOST_DENSE: u64 = 400;
/// A part of more bytes than this takes seconds to read.
const LARGE: u64 = 128 << 20;
/// The same for such a part, so that the time is that of a large file, and not of one made to cost it:
/// sheets that people filled in are packed 5 to 30 times.
const MOST_DENSE_LARGE: u64 = 50;
/// The same for the texts that a workbook shares: each stands there once, so that they are packed far less.
const MOST_DENSE_TEXTS: u64 = 200;
/// How the name of the part with those texts begins.
const SHARED_TEXTS: &str = "sharedstrings";
/// Most parts of a workbook: each is held by its name.
const MOST_PARTS: usize = 10_000;
/// The parts that readers hold as a whole, though they are small in any workbook.
const HELD: [&str; 8] = [
    ".rels",
    "workbook.xml",
    "workbook.bin",
    "workbook.xml.rels",
    "workbook.bin.rels",
    "styles.xml",
    "styles.bin",
    "theme1.xml",
];
/// Most bytes of such a part.
const MOST_HELD: u64 = 8 << 20;

/// Refuses an archive that unpacks to what no workbook needs; the text says what to do.
pub(super) fn check(archive: &mut ZipArchive<impl Read + Seek>) -> Result<(), String> {
    let damaged = |fault: &dyn std::error::Error| {
        format!("is a damaged workbook ({fault}); open it in Excel and save it again")
    };
    if archive.len() > MOST_PARTS {
        return Err(format!(
            "is an archive of more than {MOST_PARTS} parts; save the sheet as CSV"
        ));
    }
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let member = archive.by_index_raw(index).map_err(|fault| damaged(&fault))?;
        let (name, size, packed) = (member.name(), member.size(), member.compressed_size());
        let name = name.map_err(|fault| damaged(&fault))?;
        unpacked = unpacked.saturating_add(size);
        let last = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        if size > MOST_HELD && HELD.contains(&last.as_str()) {
            return Err(format!(
                "has a part of {size} bytes, {name}, and {MOST_HELD} are the most of its kind; save the sheet as CSV"
            ));
        }
        let most = match size {
            LARGE.. => MOST_DENSE_LARGE,
            _ if last.starts_with(SHARED_TEXTS) => MOST_DENSE_TEXTS,
            _ => MOST_DENSE,
        };
        if size > HARMLESS && size / packed.max(1) > most {
            return Err(format!(
                "is packed more densely than any sheet can be (its part {name} from {packed} bytes to {size}); save the sheet as CSV"
            ));
        }
    }
    if unpacked > MOST_UNPACKED {
        return Err(format!(
            "unpacks to {unpacked} bytes, more than a workbook of a million rows needs; save the sheet as CSV"
        ));
    }
    Ok(())
}
