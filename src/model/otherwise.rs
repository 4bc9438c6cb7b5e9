//! How what is stored of a value differs from what was sent.

use serde::{Deserialize, Serialize};

use super::cells::trimmed;

/// What has become of a value that was not stored as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// The beginning of it is stored, perhaps in another case.
    Cut,
    /// It is stored in another case.
    Case,
    /// It is stored with other spaces around it.
    Trimmed,
    /// It is not stored: the field is what it was before, as far as that is known.
    Ignored,
    /// Something else is stored.
    Rewritten,
}

impl Otherwise {
    /// What has become of `sent`, which is not what is `stored`; a text without a character blanks a field. `before`
    /// is what the field held before, where that is known.
    ///
    /// A record that an earlier run has updated already holds what was made of the value then. So what can be seen
    /// to be made of the value counts first, and that the field holds what it held before only then.
    #[must_use]
    pub fn of(sent: &str, stored: &str, before: Option<&str>) -> Self {
        let (wanted, kept) = (trimmed(sent), trimmed(stored));
        let is_as_before = before == Some(stored);
        if wanted == kept {
            return Self::Trimmed;
        }
        if wanted.is_empty() || kept.is_empty() {
            let seems_ignored = before.is_none_or(|before| trimmed(before) == kept);
            return if seems_ignored { Self::Ignored } else { Self::Rewritten };
        }
        let (upper_wanted, upper_kept) = (wanted.to_uppercase(), kept.to_uppercase());
        if upper_wanted == upper_kept {
            let is_made = kept == upper_wanted || kept == wanted.to_lowercase();
            return if is_as_before && !is_made { Self::Ignored } else { Self::Case };
        }
        if upper_wanted.starts_with(&upper_kept) {
            return Self::Cut;
        }
        if is_as_before { Self::Ignored } else { Self::Rewritten }
    }
}

/// A field of which something else is stored than was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredOtherwise {
    /// The name of the field.
    pub field: String,
    /// What has become of the value.
    pub kind: Otherwise,
    /// Characters that are stored.
    pub length: u64,
    /// Whether they hold no small letter.
    pub is_upper: bool,
}

impl StoredOtherwise {
    /// Of a field, to which `sent` was sent and of which `stored` is stored.
    #[must_use]
    pub fn of(field: &str, sent: &str, stored: &str) -> Self {
        Self {
            field: field.to_owned(),
            kind: Otherwise::of(sent, stored, None),
            length: stored.chars().count() as u64,
            is_upper: stored.to_uppercase() == stored,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_apart_by_what_was_made_of_the_value() {
        for (sent, stored, kind) in [
            ("San Francisco", "San Franci", Otherwise::Cut),
            ("San Francisco", "San ", Otherwise::Cut),
            ("San Francisco", "SAN FRANCI", Otherwise::Cut),
            ("Zürich", "Zü", Otherwise::Cut),
            ("Ca", "CA", Otherwise::Case),
            ("Straße", "STRASSE", Otherwise::Case),
            ("Rome", "Rome   ", Otherwise::Trimmed),
            (" Rome", "Rome", Otherwise::Trimmed),
            ("Rome", "", Otherwise::Ignored),
            ("", "NY", Otherwise::Ignored),
            ("Rome", "Roma", Otherwise::Rewritten),
            ("Rome", "Rome (IT)", Otherwise::Rewritten),
            ("408 555", "408-555", Otherwise::Rewritten),
        ] {
            assert_eq!(Otherwise::of(sent, stored, None), kind, "{sent} {stored}");
        }
    }

    #[test]
    fn what_the_field_held_before_decides_where_it_is_known() {
        for (sent, stored, before, kind) in [
            ("Rome", "Oslo", "Oslo", Otherwise::Ignored),
            ("Rome", "Oslo", "Kiel", Otherwise::Rewritten),
            ("Rome", "", "", Otherwise::Ignored),
            ("Rome", "", "Oslo", Otherwise::Rewritten),
            ("", "NY", "NY", Otherwise::Ignored),
            ("", "NY", "CA", Otherwise::Rewritten),
            // The field was not made to hold a mixed case by the value that was sent.
            ("Rome", "rOme", "rOme", Otherwise::Ignored),
            // An earlier run has made the same of the same value.
            ("Rome", "ROME", "ROME", Otherwise::Case),
            ("San Francisco", "San Franci", "San Franci", Otherwise::Cut),
        ] {
            let told = Otherwise::of(sent, stored, Some(before));
            assert_eq!(told, kind, "{sent} {stored} {before}");
        }
    }
}
