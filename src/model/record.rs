//! The record types of the endpoint, each as one declarative table.
//!
//! Source: the vendor's page "Customer Contact, Update" (`/api/customer-contact-update`),
//! which names the fields and documents one limit, that of `NOTES`; and the page "Customer Contact, Query"
//! (`/api/customer-contact-query`), which says by which of them records can be looked for.

use std::sync::OnceLock;

use super::nearest::nearest;

/// What may be done with a field through the update call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Part of the key that names the record; always sent, never changed.
    Key,
    /// May be set, or blanked by an explicit mark.
    Updatable,
    /// Stands in answers only; a column for it is left out, and named.
    ReadOnly,
}

/// What a field holds, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Anything.
    Text,
    /// An e-mail address.
    EMail,
    /// A web address.
    WebAddress,
    /// A ZIP or postal code.
    PostalCode,
    /// A telephone number.
    Telephone,
    /// A country.
    Country,
    /// Addresses of web pages and files, joined by `|`.
    Attachments,
}

/// One field of a record type.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in the endpoint's JSON.
    pub name: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// What may be done with it.
    pub role: Role,
    /// What it holds.
    pub content: Content,
    /// The documented limit in characters, where there is one.
    pub max_chars: Option<usize>,
    /// Whether records can be looked for by it.
    pub queryable: bool,
}

/// A kind of record that the endpoint can update.
#[derive(Debug)]
pub struct RecordType {
    /// What a person calls such a record.
    pub label: &'static str,
    /// Path of the update call, from the root of the server.
    pub update_path: &'static str,
    /// Path of the query call, from the root of the server.
    pub query_path: &'static str,
    /// The read-only fields that tell who changed a record last, and when.
    pub stamps: &'static [&'static str],
    /// Those of them that move with every update.
    pub last_update: &'static [&'static str],
    /// The fields in the order of the vendor's page.
    pub fields: &'static [Field],
    /// Their names as headers, folded once: a table that is not for these records may have very many headers.
    folded: OnceLock<Vec<String>>,
}

impl RecordType {
    /// The fields that name a record, in the order in which results list them.
    pub fn keys(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.fields.iter().filter(|field| field.role == Role::Key)
    }

    /// The field whose endpoint name is exactly `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The position of a field in the table.
    #[must_use]
    pub fn position(&self, field: &Field) -> Option<usize> {
        self.fields.iter().position(|other| std::ptr::eq(other, field))
    }

    /// The field that a person means by `header`, without regard to case, spaces, `-` and `_`.
    #[must_use]
    pub fn field_for_header(&self, header: &str) -> Option<&'static Field> {
        let folded = self
            .folded
            .get_or_init(|| self.fields.iter().map(|field| fold_header(field.name)).collect());
        let wanted = fold_header(header);
        self.fields.get(folded.iter().position(|name| *name == wanted)?)
    }

    /// The names of the fields that come nearest to `header`, best first, at most three.
    #[must_use]
    pub fn fields_near(&self, header: &str) -> Vec<&'static str> {
        nearest(header, self.fields.iter().map(|field| field.name))
    }
}

/// Whether two headers are equal without regard to case, spaces, `-` and `_`.
#[must_use]
pub fn same_header(one: &str, other: &str) -> bool {
    folded(one).eq(folded(other))
}

/// The form in which two headers are equal: lower case, without spaces, `-` and `_`.
#[must_use]
pub fn fold_header(header: &str) -> String {
    folded(header).collect()
}

fn folded(header: &str) -> impl Iterator<Item = char> {
    let counts = |c: &char| !c.is_whitespace() && *c != '-' && *c != '_';
    header.chars().filter(counts).flat_map(char::to_lowercase)
}

const fn field(name: &'static str, label: &'static str, role: Role, content: Content) -> Field {
    Field { name, label, role, content, max_chars: None, queryable: true }
}

const fn key(name: &'static str, label: &'static str) -> Field {
    field(name, label, Role::Key, Content::Text)
}

const fn text(name: &'static str, label: &'static str) -> Field {
    holds(name, label, Content::Text)
}

const fn holds(name: &'static str, label: &'static str, content: Content) -> Field {
    field(name, label, Role::Updatable, content)
}

const fn limited(name: &'static str, label: &'static str, max_chars: usize) -> Field {
    Field { max_chars: Some(max_chars), ..text(name, label) }
}

/// A field that the query call does not take.
const fn not_queryable(field: &Field) -> Field {
    Field { queryable: false, ..*field }
}

const fn read_only(name: &'static str, label: &'static str) -> Field {
    field(name, label, Role::ReadOnly, Content::Text)
}

/// Customer Contact: a person at a customer.
pub static CUSTOMER_CONTACT: RecordType = RecordType {
    label: "customer contact",
    update_path: "/api/customer-contact-update",
    query_path: "/api/customer-contact-query",
    stamps: &["OPERATOR_ID", "DATE_LAST_UPDT", "TIME_LAST_UPDT"],
    last_update: &["DATE_LAST_UPDT", "TIME_LAST_UPDT"],
    fields: &[
        key("CUSTOMER_ID", "Customer"),
        key("CUST_CONTACT", "Contact"),
        text("CONTACT_STATUS", "Status of the contact"),
        text("FIRST_NAME", "First name"),
        text("LAST_NAME", "Last name"),
        text("INITIAL", "Middle initial"),
        text("TITLE", "Title"),
        text("MAIL_STOP", "Mail stop"),
        text("ADDRESS_1", "Address, line 1"),
        text("ADDRESS_2", "Address, line 2"),
        text("ADDRESS_3", "Address, line 3"),
        text("CITY", "City"),
        text("STATE", "State"),
        holds("ZIP_CODE", "ZIP or postal code", Content::PostalCode),
        holds("COUNTRY", "Country", Content::Country),
        holds("PHONE_NO", "Telephone", Content::Telephone),
        holds("FAX_NO", "Fax", Content::Telephone),
        holds("CELL_PHONE_NO", "Mobile telephone", Content::Telephone),
        holds("PAGER_NO", "Pager", Content::Telephone),
        holds("E_MAIL", "E-mail address", Content::EMail),
        holds("E_MAIL_2", "Second e-mail address", Content::EMail),
        holds("WEB_ADDRESS", "Web address", Content::WebAddress),
        text("SOFCT_USER_1", "User-defined field 1"),
        text("SOFCT_USER_2", "User-defined field 2"),
        text("SOFCT_USER_3", "User-defined field 3"),
        text("SOFCT_USER_4", "User-defined field 4"),
        text("SOFCT_USER_5", "User-defined field 5"),
        text("SOFCT_USER_6", "User-defined field 6"),
        text("SOFCT_USER_7", "User-defined field 7"),
        text("SOFCT_USER_8", "User-defined field 8"),
        text("SOFCT_USER_9", "User-defined field 9"),
        text("SOFCT_USER_10", "User-defined field 10"),
        text("SOFCT_USER_11", "User-defined field 11"),
        text("SOFCT_USER_12", "User-defined field 12"),
        text("SOFCT_USER_13", "User-defined field 13"),
        text("SOFCT_USER_14", "User-defined field 14"),
        text("SOFCT_USER_15", "User-defined field 15"),
        text("SOFCT_USER_16", "User-defined field 16"),
        read_only("CREATED_BY", "Created by"),
        read_only("DATE_CREATED", "Created on"),
        read_only("MODIFIED_BY", "Modified by"),
        read_only("DATE_MODIFIED", "Modified on"),
        read_only("OPERATOR_ID", "Operator"),
        read_only("DATE_LAST_UPDT", "Date of the last update"),
        read_only("TIME_LAST_UPDT", "Time of the last update"),
        not_queryable(&limited("NOTES", "Notes", 32_765)),
        not_queryable(&holds("ATTACHMENTS", "Attachments, joined by |", Content::Attachments)),
    ],
    folded: OnceLock::new(),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_match_without_case_spaces_and_dashes() {
        for header in ["ZIP_CODE", "zip code", " Zip-Code ", "ZipCode"] {
            let field = CUSTOMER_CONTACT.field_for_header(header);
            assert_eq!(field.map(|f| f.name), Some("ZIP_CODE"), "{header}");
        }
        assert!(CUSTOMER_CONTACT.field_for_header("ZIP").is_none());
    }

    #[test]
    fn no_two_fields_share_a_folded_name() {
        let mut names: Vec<_> =
            CUSTOMER_CONTACT.fields.iter().map(|f| fold_header(f.name)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), CUSTOMER_CONTACT.fields.len());
    }

    #[test]
    fn a_misspelled_header_has_its_field_nearby() {
        assert_eq!(CUSTOMER_CONTACT.fields_near("E-MIAL").first(), Some(&"E_MAIL"));
    }
}
