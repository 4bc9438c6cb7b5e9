//! Rows of an `OpenDocument` spreadsheet, from the text that it holds of each cell as shown.
//!
//! calamine gives the values of such cells (2134), and not what a person sees (02134): so the
//! one part of the archive that holds both, `content.xml`, is read here, row by row.
//! Source: `OpenDocument` 1.3 Part 3, chapter 9, "Table Content".

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use calamine::{Sheet, SheetType, SheetVisible};
use quick_xml::events::{BytesStart, Event};

use super::events::Events;
use super::ods_cell::{CellText, Shown, Value};
use super::ods_rows::Table;
use super::package::{self, Package};
use super::xml::attribute;
use super::{Book, BookFault, Refused, ods_facts, protected};
use crate::sheet::facts::SheetFacts;
use crate::sheet::source::Sink;

/// Where the sheets stand in the archive.
const CONTENT: &str = "content.xml";
/// What tells of the parts.
const MANIFEST: &str = "META-INF/manifest.xml";
/// Most sheets and hidden styles of sheets: each is held.
const MOST_SHEETS: usize = 10_000;

/// An open spreadsheet.
pub(super) struct OdsBook {
    file: File,
    sheets: Vec<Sheet>,
    facts: SheetFacts,
}

impl OdsBook {
    /// Opens a spreadsheet and finds its sheets.
    pub(super) fn open(path: &Path) -> Result<Self, BookFault> {
        let file = File::open(path)?;
        if is_encrypted(&file)? {
            return Err(protected());
        }
        let sheets = sheets(&file)?;
        Ok(Self { file, sheets, facts: SheetFacts::default() })
    }
}

impl Book for OdsBook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn turn_to(&mut self, sheet: &str) -> Result<(), BookFault> {
        self.facts = ods_facts::facts(&self.file, sheet)?;
        Ok(())
    }

    fn facts(&self) -> &SheetFacts {
        &self.facts
    }

    fn rows(&mut self, sheet: &str, sink: &mut Sink<'_>) -> Result<(), BookFault> {
        rows(&self.file, sheet, sink)
    }
}

/// Whether a part is encrypted (`OpenDocument` 1.3 Part 2, 4.4 "`manifest:encryption-data`").
fn is_encrypted(file: &File) -> Result<bool, BookFault> {
    let mut package = package::open(file)?;
    Ok(package::has_part(&package, MANIFEST)
        && package::any_element(&mut package, MANIFEST, "encryption-data", |_| Ok(true))?)
}

/// The part of the archive in which the sheets stand.
pub(super) fn content<'p>(
    package: &'p mut Package<'_>,
) -> Result<Events<impl Read + 'p>, BookFault> {
    Ok(Events::new(package.by_name(CONTENT)?))
}

/// The sheets of a file, with what is visible of them.
fn sheets(file: &File) -> Result<Vec<Sheet>, BookFault> {
    let mut hidden_styles = HashSet::new();
    let mut style = String::new();
    let mut sheets = Vec::new();
    each_element(file, |element| {
        if sheets.len().max(hidden_styles.len()) > MOST_SHEETS {
            let text = format!("has more than {MOST_SHEETS} sheets; save the one you need as CSV");
            return Err(Refused(text).into());
        }
        match element.local_name().as_ref() {
            "style" => style = attribute(element, "name")?.unwrap_or_default(),
            "table-properties" if attribute(element, "display")?.as_deref() == Some("false") => {
                hidden_styles.insert(style.clone());
            }
            "table" => {
                let is_hidden = attribute(element, "style-name")?
                    .is_some_and(|name| hidden_styles.contains(&name));
                let visible = if is_hidden { SheetVisible::Hidden } else { SheetVisible::Visible };
                let name = attribute(element, "name")?.unwrap_or_default();
                sheets.push(Sheet { name, typ: SheetType::WorkSheet, visible });
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(sheets)
}

fn each_element(
    file: &File,
    mut look: impl FnMut(&BytesStart<'_>) -> Result<(), BookFault>,
) -> Result<(), BookFault> {
    let mut package = package::open(file)?;
    let mut events = content(&mut package)?;
    loop {
        match events.read()? {
            Event::Start(element) => look(&element)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn rows(file: &File, sheet: &str, sink: &mut Sink<'_>) -> Result<(), BookFault> {
    let mut package = package::open(file)?;
    let mut events = content(&mut package)?;
    let mut table = Table::default();
    let mut is_in_sheet = false;
    loop {
        match events.read()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "table" => is_in_sheet = attribute(&element, "name")?.as_deref() == Some(sheet),
                "table-row" if is_in_sheet => {
                    table.begin_row(repeated(&element, "number-rows-repeated")?);
                }
                "table-cell" | "covered-table-cell" if is_in_sheet => {
                    let count = repeated(&element, "number-columns-repeated")?;
                    let value = Value::of(&element)?;
                    let name = element.local_name().as_ref().to_owned();
                    let shown = read_cell(&mut events, &name, &value)?;
                    table.push(&shown, count)?;
                }
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "table-row" if is_in_sheet && table.end_row(sink)? => return Ok(()),
                "table" if is_in_sheet => return Ok(()),
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Reads to the end of a cell.
fn read_cell(
    events: &mut Events<impl Read>,
    name: &str,
    value: &Value,
) -> Result<Shown, BookFault> {
    let mut text = CellText::default();
    loop {
        match events.read()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "s" => text.spaces(repeated(&element, "c")?),
                name => text.begin(name),
            },
            Event::Text(part) => text.push(&part.xml10_content()),
            Event::CData(part) => text.push(&part),
            Event::GeneralRef(reference) => match reference.resolve_char_ref()? {
                Some(c) => text.push(c.encode_utf8(&mut [0; 4])),
                None => text.push(
                    quick_xml::escape::resolve_predefined_entity(&reference)
                        .ok_or_else(|| undefined(&reference))?,
                ),
            },
            Event::End(element) if element.local_name().as_ref() == name => {
                return Ok(text.shown(value));
            }
            Event::End(element) => text.end(element.local_name().as_ref()),
            Event::Eof => return Err("the file ends within a cell".into()),
            _ => {}
        }
    }
}

/// The fault of a cell with an entity that is not one of XML's own: it is neither looked up nor left out.
fn undefined(name: &str) -> BookFault {
    format!("&{name}; stands for a text that is not looked up").into()
}

/// How often a thing is repeated; at least once.
pub(super) fn repeated(element: &BytesStart<'_>, name: &str) -> Result<u64, BookFault> {
    Ok(attribute(element, name)?.and_then(|count| count.parse().ok()).unwrap_or(1).max(1))
}
