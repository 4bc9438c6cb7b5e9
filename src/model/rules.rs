//! What a site asks of the rows beyond what the endpoint documents.

use std::collections::HashMap;

use regex::Regex;

use super::key::same_key_value;
use super::record::Field;

/// Whether a finding keeps a row from being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It does.
    Error,
    /// It does not, but a person should look.
    Warning,
    /// It is not told: the site does not ask.
    Off,
}

/// What a site asks of one field.
#[derive(Clone, Debug, Default)]
pub struct FieldRule {
    /// The most characters.
    pub max_length: Option<usize>,
    /// What the whole value must look like.
    pub pattern: Option<Regex>,
    /// The only values, where there are any.
    pub values: Vec<String>,
    /// Whether every row must fill it in.
    pub required: bool,
    /// What it means if a value breaks the rule, or is not what the field is for; where nothing
    /// is said, a broken rule is an error, and each check has its own level.
    pub level: Option<Level>,
}

/// How cells are read, and what is asked of them.
#[derive(Clone, Debug)]
pub struct SiteRules {
    /// The text that blanks a field, in any case.
    pub clear_mark: String,
    /// Whether every warning keeps its row from being sent.
    pub strict: bool,
    /// Whether spaces around a value are not sent.
    pub trim: bool,
    /// Fields that have the same value in every row.
    pub set: Vec<(&'static Field, String)>,
    /// What is asked of a field, by its name.
    pub fields: HashMap<&'static str, FieldRule>,
}

impl SiteRules {
    /// No rule at all, with this mark.
    #[must_use]
    pub fn with_mark(clear_mark: &str) -> Self {
        Self {
            clear_mark: clear_mark.to_owned(),
            strict: false,
            trim: true,
            set: Vec::new(),
            fields: HashMap::new(),
        }
    }

    /// Whether a text blanks a field: it is the mark, in any case.
    #[must_use]
    pub fn is_clear_mark(&self, text: &str) -> bool {
        let first = |text: &str| text.bytes().next();
        // Every cell of every row is asked, and nearly none begins as the mark does.
        let may_be = first(text).zip(first(&self.clear_mark)).is_some_and(|(of_text, of_mark)| {
            of_text.eq_ignore_ascii_case(&of_mark) || !of_text.is_ascii() || !of_mark.is_ascii()
        });
        may_be && same_key_value(text, &self.clear_mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clear_mark_is_known_in_any_case_also_beyond_ascii() {
        for (mark, text) in
            [("<clear>", "<CLEAR>"), ("‹löschen>", "‹LÖSCHEN>"), ("ÄNDERN", "ändern")]
        {
            assert!(SiteRules::with_mark(mark).is_clear_mark(text), "{mark} {text}");
        }
        for (mark, text) in [("<clear>", "<clear"), ("<clear>", ""), ("‹löschen>", "löschen")] {
            assert!(!SiteRules::with_mark(mark).is_clear_mark(text), "{mark} {text}");
        }
    }
}
