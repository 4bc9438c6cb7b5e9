//! The form of a record's key in which two keys are equal.

use std::fmt;
use std::hash::{BuildHasher, Hash};

use serde::{Deserialize, Serialize};

use super::cells::trimmed;

/// Joins the parts of a key; a control character, which no key can hold.
const JOINT: char = '\u{1f}';

/// A record's key, folded: outer spaces and case do not count.
///
/// Equal keys are never sent at once, and are told as duplicates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key(Box<str>);

impl Key {
    /// Folds the values of the key fields, given in the order of the record type's table.
    pub fn fold<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut folded = String::new();
        fold_all(parts, &mut folded);
        Self(folded.into())
    }

    /// The hash of the key that these values give, without keeping it; nothing if one of them is blank.
    /// `scratch` is used for folding.
    pub fn hash_of<'a>(
        parts: impl IntoIterator<Item = &'a str>,
        seed: &impl BuildHasher,
        scratch: &mut String,
    ) -> Option<u64> {
        fold_all(parts, scratch).then(|| seed.hash_one(scratch.as_str()))
    }

    /// A 64-bit hash of a key without keeping the key, seeded by `seed`.
    #[must_use]
    pub fn hash_with(&self, seed: &impl BuildHasher) -> u64 {
        seed.hash_one(self)
    }

    /// Bytes of the folded text, for accounting of memory.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no part is blank.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.0.split(JOINT).all(|part| !part.is_empty())
    }

    /// Whether every part is blank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.chars().all(|c| c == JOINT)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace(JOINT, " / "))
    }
}

/// Puts the parts, joined and folded, into `folded`. Whether none is blank.
fn fold_all<'a>(parts: impl IntoIterator<Item = &'a str>, folded: &mut String) -> bool {
    folded.clear();
    let mut is_complete = true;
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            folded.push(JOINT);
        }
        let part = trimmed(part);
        is_complete &= !part.is_empty();
        folded.push_str(part);
    }
    if folded.is_ascii() {
        folded.make_ascii_lowercase();
    } else {
        *folded = folded.chars().flat_map(char::to_lowercase).collect();
    }
    is_complete
}

/// Whether two key values name the same record.
#[must_use]
pub fn same_key_value(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    a == b || a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_outer_spaces_do_not_count() {
        assert_eq!(Key::fold(["ABC ", "Ölberg"]), Key::fold(["abc", " ÖLBERG"]));
        assert!(same_key_value(" Ölberg", "ÖLBERG "));
    }

    #[test]
    fn a_key_with_a_blank_part_has_no_hash() {
        let seed = std::hash::RandomState::new();
        let hash = |parts: [&str; 2]| Key::hash_of(parts, &seed, &mut String::new());
        assert_eq!(hash(["ABC", "d"]), hash([" abc", "D"]));
        assert!(hash(["abc", "d"]).is_some());
        assert_eq!([hash(["", "D"]), hash(["ABC", " "])], [None, None]);
    }

    #[test]
    fn the_parts_are_kept_apart() {
        assert_ne!(Key::fold(["AB", "C"]), Key::fold(["A", "BC"]));
    }
}
