//! Which records can be asked for together, and in what words.
//!
//! Source: the vendor's page "Customer Contact, Query". A value is read in a notation in which some texts do not
//! mean themselves: a key that begins as a condition does, or holds a wildcard, must not be taken for an equality.

use crate::model::key::Key;
use crate::model::patch::Patch;
use crate::model::record::{Field, Role};

/// Signs and words with which a condition begins, in lower case.
const CONDITIONS: [&str; 5] = ["<", ">", "=", "in ", "between "];
/// Characters that stand for others, or that a list cannot carry.
const SPECIAL: [char; 6] = ['%', '_', '*', '?', ',', '\''];

/// How the record of a row can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// With all others that have this in common: the key but for its last part.
    Together(Key),
    /// By itself: its key is found by equality, and by a list it might not be.
    Alone,
    /// Not at all: no text of the notation is sure to mean its key.
    Never,
}

/// A question for records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    criteria: Vec<(&'static Field, String)>,
    proves_absence: bool,
}

/// How the notation reads a value that is meant as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As itself, in a list, too.
    Plain,
    /// As itself or as a pattern that it meets, and in a list perhaps as something else.
    Pattern,
    /// As a condition; in a list of one, in quotation marks, perhaps as itself.
    Condition,
    /// As a condition, and it cannot stand in quotation marks.
    Unsayable,
}

impl Reading {
    fn of(value: &str) -> Self {
        let folded = value.trim().to_lowercase();
        match CONDITIONS.iter().any(|sign| folded.starts_with(sign)) {
            true if folded.contains('\'') => Self::Unsayable,
            true => Self::Condition,
            false if folded.contains(SPECIAL) => Self::Pattern,
            false => Self::Plain,
        }
    }
}

impl Asking {
    /// How the record that a patch names can be asked for.
    #[must_use]
    pub fn of(patch: &Patch) -> Self {
        let readings: Vec<_> = patch.key_values().map(Reading::of).collect();
        if readings.contains(&Reading::Unsayable) {
            Self::Never
        } else if readings.iter().all(|reading| *reading == Reading::Plain) {
            Self::Together(Key::fold(patch.key_values().take(readings.len() - 1)))
        } else {
            Self::Alone
        }
    }
}

impl Question {
    /// The question for the records that these patches name, which can be asked for together. One of them at
    /// least is given.
    #[must_use]
    pub fn about<'p>(patches: &[&'p Patch]) -> Self {
        let keys = |patch: &'p Patch| patch.fields().filter(|(field, _)| field.role == Role::Key);
        let first: Vec<_> = patches.first().into_iter().flat_map(|patch| keys(patch)).collect();
        let mut proves_absence = true;
        let mut criteria = Vec::with_capacity(first.len());
        for (position, (field, change)) in first.iter().enumerate() {
            let value = change.value();
            let is_last = position + 1 == first.len();
            let text = if is_last && patches.len() > 1 {
                list(
                    patches
                        .iter()
                        .filter_map(|patch| keys(patch).nth(position))
                        .map(|(_, of)| of.value()),
                )
            } else if Reading::of(value) == Reading::Condition {
                proves_absence = false;
                list([value])
            } else {
                value.to_owned()
            };
            criteria.push((*field, text));
        }
        Self { criteria, proves_absence }
    }

    /// The question that a person asks: what each field must be like, in the vendor's notation.
    #[must_use]
    pub fn of(criteria: Vec<(&'static Field, String)>) -> Self {
        Self { criteria, proves_absence: true }
    }

    /// Each field with what it must be like, in the vendor's notation.
    pub fn criteria(&self) -> impl Iterator<Item = (&'static Field, &str)> {
        self.criteria.iter().map(|(field, text)| (*field, text.as_str()))
    }

    /// Whether a record that is not in the answer does not exist; not so where the words of the question
    /// may have been read as something else.
    #[must_use]
    pub fn proves_absence(&self) -> bool {
        self.proves_absence
    }
}

/// A list in which every text means itself.
fn list<'v>(values: impl IntoIterator<Item = &'v str>) -> String {
    let quoted: Vec<_> = values.into_iter().map(|value| format!("'{value}'")).collect();
    format!("IN {}", quoted.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::patch::Change;
    use crate::model::record::CUSTOMER_CONTACT;

    fn patch(customer: &str, contact: &str) -> Patch {
        let mut patch = Patch::default();
        for (field, value) in CUSTOMER_CONTACT.keys().zip([customer, contact]) {
            patch.push(field, Change::Set(value));
        }
        patch
    }

    fn asked(patches: &[Patch]) -> (String, bool) {
        let question = Question::about(&patches.iter().collect::<Vec<_>>());
        let texts: Vec<_> = question.criteria().map(|(_, text)| text.to_owned()).collect();
        (texts.join(" | "), question.proves_absence())
    }

    #[test]
    fn plain_keys_of_one_customer_are_asked_for_together() {
        let patches = [patch("ABC", "J SMITH"), patch("abc", "K")];
        assert!(
            patches.iter().all(|patch| Asking::of(patch) == Asking::Together(Key::fold(["abc"])))
        );
        assert_eq!(asked(&patches), ("ABC | IN 'J SMITH','K'".into(), true));
        assert_eq!(asked(&patches[..1]), ("ABC | J SMITH".into(), true));
    }

    #[test]
    fn a_key_that_would_be_misread_is_asked_for_alone_or_not_at_all() {
        for (contact, text, proves_absence) in [
            ("A%", "A%", true),
            ("A_B", "A_B", true),
            ("X,Y", "X,Y", true),
            ("O'NEIL", "O'NEIL", true),
            ("<B", "IN '<B'", false),
            ("In C", "IN 'In C'", false),
            ("between", "between", true),
        ] {
            let alone = patch("ABC", contact);
            let is_alone = Asking::of(&alone) == Asking::Alone;
            assert_eq!(is_alone, contact != "between", "{contact}");
            assert_eq!(asked(&[alone]), (format!("ABC | {text}"), proves_absence));
        }
        assert_eq!(asked(&[patch(">ABC", "X,Y")]), ("IN '>ABC' | X,Y".into(), false));
        assert_eq!(Asking::of(&patch("ABC", "IN 'C'")), Asking::Never);
    }
}
