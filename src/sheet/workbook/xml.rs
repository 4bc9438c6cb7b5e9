//! Attributes of XML elements, by their names without the prefix.

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

use super::BookFault;

/// The value of an attribute.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, BookFault> {
    for found in element.attributes() {
        let found = found?;
        if found.key.local_name().as_ref() == name {
            return Ok(Some(found.normalized_value(XmlVersion::Implicit1_0)?.into_owned()));
        }
    }
    Ok(None)
}

/// Whether an attribute of this name says yes (XML Schema Part 2, 3.2.2 `boolean`).
pub(super) fn is_true(element: &BytesStart<'_>, name: &str) -> Result<bool, BookFault> {
    Ok(matches!(attribute(element, name)?.as_deref().map(str::trim), Some("1" | "true")))
}

/// The attributes, each by its name without the prefix, with its value: two with different
/// prefixes may stand side by side.
pub(super) fn values<'a>(
    element: &'a BytesStart<'_>,
) -> impl Iterator<Item = Result<(&'a str, String), BookFault>> {
    element.attributes().map(|attribute| {
        let attribute = attribute?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?.into_owned();
        Ok((attribute.key.local_name().into_inner(), value))
    })
}
