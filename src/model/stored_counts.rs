//! How often something else was stored of each field than was sent.

use std::collections::BTreeMap;

use super::otherwise::{Otherwise, StoredOtherwise};

/// Counts by field and by what has become of the values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredCounts(BTreeMap<String, FieldCounts>);

/// What was stored otherwise of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldCounts {
    by_kind: BTreeMap<Otherwise, u64>,
    /// The fewest and the most characters that were left of a value that was cut.
    cut_at: Option<(u64, u64)>,
    /// Values in another case than was sent, and without a small letter.
    in_capitals: u64,
    /// The most characters of a value that was stored as it was sent.
    longest_whole: Option<u64>,
}

impl StoredCounts {
    /// Counts what was stored otherwise of a row.
    pub fn add(&mut self, fields: &[StoredOtherwise]) {
        for StoredOtherwise { field, kind, length, is_upper } in fields {
            let counts = self.0.entry(field.clone()).or_default();
            *counts.by_kind.entry(*kind).or_default() += 1;
            if *kind == Otherwise::Cut {
                let (fewest, most) = counts.cut_at.unwrap_or((*length, *length));
                counts.cut_at = Some((fewest.min(*length), most.max(*length)));
            }
            counts.in_capitals += u64::from(*kind == Otherwise::Case && *is_upper);
        }
    }

    /// Takes in that a value of so many characters was stored as it was sent; it matters where others were cut.
    pub fn add_whole(&mut self, field: &str, length: u64) {
        if let Some(counts) = self.0.get_mut(field) {
            counts.longest_whole = counts.longest_whole.max(Some(length));
        }
    }

    /// Whether values of a field were cut.
    #[must_use]
    pub fn has_cuts(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(|counts| counts.cut_at.is_some())
    }

    /// Whether values of any field were cut.
    #[must_use]
    pub fn has_any_cut(&self) -> bool {
        self.0.values().any(|counts| counts.cut_at.is_some())
    }

    /// Each field of which something was stored otherwise.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &FieldCounts)> {
        self.0.iter().map(|(field, counts)| (field.as_str(), counts))
    }
}

impl FieldCounts {
    /// What has become of the values, with the number of them.
    #[must_use]
    pub fn by_kind(&self) -> &BTreeMap<Otherwise, u64> {
        &self.by_kind
    }

    /// The fewest and the most characters that were left of a value that was cut.
    #[must_use]
    pub fn cut_at(&self) -> Option<(u64, u64)> {
        self.cut_at
    }

    /// Whether every value in another case was stored in capital letters.
    #[must_use]
    pub fn is_in_capitals(&self) -> bool {
        self.by_kind.get(&Otherwise::Case) == Some(&self.in_capitals)
    }

    /// The most characters of a value that was stored as it was sent; nothing where none is known.
    #[must_use]
    pub fn longest_whole(&self) -> Option<u64> {
        self.longest_whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_know_where_values_were_cut_and_how_long_others_are() {
        let mut counts = StoredCounts::default();
        for (sent, stored) in
            [("San Francisco", "San Fra"), ("Sacramento", "Sac"), ("Oslo", "OSLO")]
        {
            counts.add(&[StoredOtherwise::of("F", sent, stored)]);
        }
        counts.add_whole("F", 9);
        counts.add_whole("F", 4);
        counts.add_whole("G", 4);
        let (field, told) = counts.fields().next().expect("a field");
        assert_eq!((field, told.cut_at(), told.longest_whole()), ("F", Some((3, 7)), Some(9)));
        assert!(told.is_in_capitals() && counts.has_cuts("F") && !counts.has_cuts("G"));
        let expected = [(Otherwise::Cut, 2), (Otherwise::Case, 1)];
        assert_eq!(told.by_kind(), &BTreeMap::from(expected));
        assert_eq!(counts.fields().count(), 1);
    }
}
