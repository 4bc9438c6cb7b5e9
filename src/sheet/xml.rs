//! Attributes of XML elements, by their names without the prefix.

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

/// Why XML cannot be read; the text says it.
pub(super) type XmlFault = Box<dyn std::error::Error>;

/// The value of an attribute.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, XmlFault> {
    values(element, name).next().transpose()
}

/// Whether an attribute of this name has this value: two with different prefixes may stand side by side.
pub(super) fn has(element: &BytesStart<'_>, name: &str, value: &str) -> Result<bool, XmlFault> {
    for found in values(element, name) {
        if found? == value {
            return Ok(true);
        }
    }
    Ok(false)
}

fn values<'a>(
    element: &'a BytesStart<'_>,
    name: &'a str,
) -> impl Iterator<Item = Result<String, XmlFault>> + 'a {
    element.attributes().filter_map(move |attribute| {
        let attribute = match attribute {
            Ok(attribute) => attribute,
            Err(fault) => return Some(Err(fault.into())),
        };
        let is_wanted = attribute.key.local_name().as_ref() == name;
        let value = || attribute.normalized_value(XmlVersion::Implicit1_0);
        is_wanted.then(|| Ok(value()?.into_owned()))
    })
}
