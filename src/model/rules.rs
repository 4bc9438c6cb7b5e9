//! What a site asks of the rows beyond what the endpoint documents.

use std::collections::HashMap;

use regex::Regex;

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
}
