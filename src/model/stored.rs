//! A record as the endpoint holds it.

use super::key::Key;
use super::record::{Field, RecordType, Role};

/// The values of a record that an answer gave. A field that the answer lacks has no value here, which is
/// not the same as a blank one: what it holds is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    text: String,
    /// Each field, and where its value ends in the text.
    ends: Vec<(&'static Field, usize)>,
}

impl Stored {
    /// The values that `value` knows of the fields of a record type, asked for in the order of its table.
    pub fn of<'v>(record: &RecordType, mut value: impl FnMut(&str) -> Option<&'v str>) -> Self {
        let mut stored = Self::default();
        for field in record.fields {
            if let Some(value) = value(field.name) {
                stored.text.push_str(value);
                stored.ends.push((field, stored.text.len()));
            }
        }
        stored
    }

    /// Each field that the answer gave, with its value.
    pub fn fields(&self) -> impl Iterator<Item = (&'static Field, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |(field, end)| {
            let value = &self.text[start..*end];
            start = *end;
            (*field, value)
        })
    }

    /// The value of a field, if the answer gave it.
    #[must_use]
    pub fn value(&self, field: &Field) -> Option<&str> {
        self.fields().find(|(given, _)| std::ptr::eq(*given, field)).map(|(_, value)| value)
    }

    /// The key of the record, folded for comparison.
    #[must_use]
    pub fn key(&self) -> Key {
        let keys = self.fields().filter(|(field, _)| field.role == Role::Key);
        Key::fold(keys.map(|(_, value)| value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;

    #[test]
    fn a_field_that_is_not_given_is_not_blank() {
        let given = |name: &str| match name {
            "CUSTOMER_ID" => Some("ABC "),
            "CUST_CONTACT" => Some("Öz"),
            "CITY" => Some(""),
            _ => None,
        };
        let stored = Stored::of(&CUSTOMER_CONTACT, given);
        let value = |name| stored.value(CUSTOMER_CONTACT.field(name).expect("a field"));
        assert_eq!(
            (value("CITY"), value("NOTES"), value("CUST_CONTACT")),
            (Some(""), None, Some("Öz"))
        );
        assert_eq!(stored.key(), Key::fold(["abc", "öz"]));
    }
}
