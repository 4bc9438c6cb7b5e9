//! Workbooks that are zip archives: their parts, and the relationships between them.
//!
//! Source: ECMA-376 Part 2, clause 6.5 "Relationships".

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::BookFault;
use super::events::Events;
use super::xml::attribute;

/// An open archive.
pub(super) type Package<'a> = ZipArchive<BufReader<&'a File>>;

/// Opens an archive.
pub(super) fn open(file: &File) -> Result<Package<'_>, BookFault> {
    Ok(ZipArchive::new(BufReader::new(file))?)
}

/// Reads a part; the names of parts are equal without regard to case (ECMA-376 Part 2, 6.3.3).
pub(super) fn part<'p>(
    package: &'p mut Package<'_>,
    name: &str,
) -> Result<ZipFile<'p, impl Read + 'p>, BookFault> {
    let same = named(package, name);
    Ok(package.by_name(same.as_deref().unwrap_or(name))?)
}

/// Whether there is such a part.
pub(super) fn has_part(package: &Package<'_>, name: &str) -> bool {
    named(package, name).is_some()
}

fn named(package: &Package<'_>, name: &str) -> Option<String> {
    let is_same = |found: &Cow<'_, str>| found.eq_ignore_ascii_case(name);
    package.file_names().filter_map(Result::ok).find(is_same).map(Cow::into_owned)
}

/// The part that a relationship of the workbook leads to.
pub(super) fn related_part(
    package: &mut Package<'_>,
    relations: &str,
    id: &str,
) -> Result<Option<String>, BookFault> {
    let target = attribute_where(package, relations, "Relationship", ("Id", id), "Target")?;
    Ok(target.map(|target| resolved(&target)))
}

/// The name of the part that a target of the workbook leads to.
fn resolved(target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    };
    let mut steps: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "." | "" => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// The attribute `wanted` of the element of that name whose attribute has that value.
pub(super) fn attribute_where(
    package: &mut Package<'_>,
    part: &str,
    name: &str,
    (key, value): (&str, &str),
    wanted: &str,
) -> Result<Option<String>, BookFault> {
    let mut found = None;
    any_element(package, part, name, |element| {
        let is_found = attribute(element, key)?.as_deref() == Some(value);
        if is_found {
            found = attribute(element, wanted)?;
        }
        Ok(is_found)
    })?;
    Ok(found)
}

/// Whether any element of that name is as it is to be; those after it are not looked at.
pub(super) fn any_element(
    package: &mut Package<'_>,
    part: &str,
    name: &str,
    mut is_wanted: impl FnMut(&BytesStart<'_>) -> Result<bool, BookFault>,
) -> Result<bool, BookFault> {
    let mut events = Events::new(self::part(package, part)?);
    loop {
        match events.read()? {
            Event::Start(element)
                if element.local_name().as_ref() == name && is_wanted(&element)? =>
            {
                return Ok(true);
            }
            Event::Eof => return Ok(false),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_from_the_folder_of_the_workbook() {
        for target in [
            "worksheets/s.xml",
            "./worksheets/s.xml",
            "../xl/worksheets/s.xml",
            "/xl/worksheets/s.xml",
        ] {
            assert_eq!(resolved(target), "xl/worksheets/s.xml", "{target}");
        }
    }
}
