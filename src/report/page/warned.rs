//! Warnings by field and kind, taken apart from the one text that the results have of a row.

use std::collections::BTreeMap;

use super::shown::{MESSAGE, Shown};
use crate::model::code::OwnCode;
use crate::model::record::{Field, RecordType};
use crate::report::defuse::plain;
use crate::report::results::BETWEEN_WARNINGS;

/// What a warning that is for one cell begins with, before the letters of the column.
const COLUMN: &str = "column ";

/// Warnings by field and kind.
#[derive(Debug)]
pub(super) struct Warned {
    record: &'static RecordType,
    by_field: BTreeMap<Of, WarningTold>,
}

/// What a warning is about: the place of its field in the record, behind all fields where it is for a whole row,
/// and its kind.
type Of = (usize, Option<OwnCode>);

/// The warnings of a field and kind.
#[derive(Clone, Debug)]
pub(super) struct WarningTold {
    /// The field; nothing where they are for whole rows.
    pub(super) field: Option<&'static Field>,
    /// The kind.
    pub(super) code: Option<OwnCode>,
    /// How many.
    pub(super) count: u64,
    /// The row of the first.
    pub(super) row: u64,
    /// What it says, without the field and the kind.
    pub(super) example: Shown,
}

impl Warned {
    /// No warning yet, of records of this type.
    pub(super) fn new(record: &'static RecordType) -> Self {
        Self { record, by_field: BTreeMap::new() }
    }

    /// Counts the warnings of a row.
    pub(super) fn add(&mut self, row: u64, warnings: &str) {
        let mut rest = plain(warnings);
        while !rest.is_empty() {
            let (warning, after) = first(rest);
            rest = after;
            let (field, code) = (self.field(warning), code(warning));
            let place = field.and_then(|field| self.record.position(field)).unwrap_or(usize::MAX);
            let told = self.by_field.entry((place, code)).or_insert_with(|| WarningTold {
                field,
                code,
                count: 0,
                row,
                example: Shown::of(bare(warning, field, code), MESSAGE),
            });
            told.count += 1;
        }
    }

    /// All of them, those of values that were stored differently first, then the most frequent.
    pub(super) fn told(&self) -> Vec<&WarningTold> {
        let mut told: Vec<_> = self.by_field.values().collect();
        let is_stored = |told: &WarningTold| told.code == Some(OwnCode::Stored);
        told.sort_by_key(|told| (!is_stored(told), std::cmp::Reverse(told.count)));
        told
    }

    /// The field that a warning names.
    fn field(&self, warning: &str) -> Option<&'static Field> {
        let after_column = warning.strip_prefix(COLUMN).and_then(|text| text.split_once(' '));
        let (name, _) = after_column.map_or(warning, |(_, text)| text).split_once(':')?;
        self.record.field(name)
    }
}

/// The first warning of a text, and what follows it. Each ends with its code, and a value that it quotes may hold
/// what stands between two of them.
fn first(text: &str) -> (&str, &str) {
    let mut ends = text.match_indices(BETWEEN_WARNINGS).map(|(end, _)| end);
    match ends.find(|end| code(&text[..*end]).is_some()) {
        Some(end) => (&text[..end], &text[end + BETWEEN_WARNINGS.len()..]),
        None => (text, ""),
    }
}

/// What a warning says beside its field and its kind.
fn bare<'w>(warning: &'w str, field: Option<&Field>, code: Option<OwnCode>) -> &'w str {
    let without_field = field.and_then(|_| warning.split_once(": ")).map(|(_, text)| text);
    let text = without_field.unwrap_or(warning);
    let without_code = code.and_then(|_| text.rsplit_once(" (")).map(|(text, _)| text);
    without_code.unwrap_or(text)
}

/// The code that a warning ends with.
fn code(warning: &str) -> Option<OwnCode> {
    let (_, code) = warning.strip_suffix(')')?.rsplit_once('(')?;
    OwnCode::ALL.iter().copied().find(|own| own.as_str() == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;

    #[test]
    fn warnings_are_counted_by_field_and_kind() {
        let mut warned = Warned::new(&CUSTOMER_CONTACT);
        let stored = "CITY: sent \"a; b (x); c\", stored \"a\" (RP_STORED)";
        let zeros = "column C ZIP_CODE: 2134 may have lost zeros (RP_LOST_ZEROS)";
        warned.add(2, &format!("{zeros}; {stored}"));
        warned.add(3, zeros);
        warned.add(4, "something of a whole row (RP_DUPLICATE)");
        warned.add(5, "neither a field nor a code; whatever");
        let told: Vec<_> = warned
            .told()
            .into_iter()
            .map(|told| (told.field.map(|field| field.name), told.code, told.count, told.row))
            .collect();
        let expected = [
            (Some("CITY"), Some(OwnCode::Stored), 1, 2),
            (Some("ZIP_CODE"), Some(OwnCode::LostZeros), 2, 2),
            (None, None, 1, 5),
            (None, Some(OwnCode::Duplicate), 1, 4),
        ];
        assert_eq!(told, expected);
        assert_eq!(warned.told()[0].example.text, "sent \"a; b (x); c\", stored \"a\"");
    }
}
