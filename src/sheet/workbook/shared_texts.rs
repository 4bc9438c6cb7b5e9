//! How much memory the texts take that a workbook's cells share: all of them are held at once.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};

use quick_xml::events::Event;

use super::bounded::{self, Bounded};
use super::events::Events;
use super::package::{self, Package};
use super::xml::values;
use super::{BookFault, Refused, xlsb_records};

/// What the part that holds the texts is called in an xlsx.
pub(super) const IN_XLSX: &str = "sharedStrings.xml";
/// The same in an xlsb.
pub(super) const IN_XLSB: &str = "sharedStrings.bin";
/// Most bytes of memory that the shared texts of a workbook may take.
const MOST_BYTES: u64 = 320 << 20;
/// Bytes of memory that a text takes beside those that it takes in the file.
const BESIDE: u64 = 40;
/// Fewest tags of a text in an xlsx: `<si>`, `<t/>`, `</si>`.
const TAGS: u64 = 3;
/// Fewest bytes of a text in an xlsx.
const SHORTEST: u64 = 13;
// A part that need not be looked at cannot hold too many texts either.
const _: () = assert!(bounded::MOST_BYTES + BESIDE * (bounded::MOST_BYTES / SHORTEST) < MOST_BYTES);

/// Refuses a workbook whose texts, in the parts of this name, take more.
pub(super) fn check(file: &File, part: &str) -> Result<(), BookFault> {
    let mut package = package::open(file)?;
    // The reader finds the part in whatever folder the workbook stands, in large letters or small.
    let is_texts =
        |name: &String| name.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(part));
    let names: Vec<String> =
        package.file_names().filter_map(Result::ok).map(Cow::into_owned).filter(is_texts).collect();
    for name in names {
        let memory = if part == IN_XLSB {
            let (mut bytes, mut texts) = (0, 0);
            xlsb_records::each_record(package.by_name(&name)?, |_, data| {
                (bytes, texts) = (bytes + data.len() as u64, texts + 1);
            })?;
            bytes + BESIDE * texts
        } else {
            in_xml(&mut package, &name)?
        };
        if memory > MOST_BYTES {
            let (memory, most) = (memory >> 20, MOST_BYTES >> 20);
            let text = format!(
                "its cells share texts that take {memory} MB of memory, and {most} MB are the most; save the sheet as CSV"
            );
            return Err(Refused(text).into());
        }
    }
    Ok(())
}

fn in_xml(package: &mut Package<'_>, name: &str) -> Result<u64, BookFault> {
    let size = package.by_name(name)?.size();
    // The reader makes room for as many texts as the part says that it holds.
    let told = told_count(package.by_name(name)?)?;
    if told > size / SHORTEST {
        return Err(format!("it says that {told} texts stand in {size} bytes").into());
    }
    if size <= bounded::MOST_BYTES {
        return Ok(size + BESIDE * (size / SHORTEST));
    }
    let mut part = Bounded::new(package.by_name(name)?, size);
    io::copy(&mut part, &mut io::sink())?;
    Ok(size + BESIDE * (part.tags() / TAGS))
}

/// The number of texts that the part tells at its start.
fn told_count(part: impl Read) -> Result<u64, BookFault> {
    let mut events = Events::new(part);
    loop {
        match events.read()? {
            Event::Start(element) if element.local_name().as_ref() == "sst" => {
                let mut most = 0;
                for attribute in values(&element) {
                    let (name, text) = attribute?;
                    if name == "uniqueCount" {
                        most = most.max(text.trim().parse().unwrap_or(0));
                    }
                }
                return Ok(most);
            }
            Event::Eof => return Ok(0),
            _ => {}
        }
    }
}
