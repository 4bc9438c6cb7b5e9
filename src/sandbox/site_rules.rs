//! What the sandbox's site decides for each field: length, allowed values, stamp, and what is stored of a value.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

use serde::Deserialize;

use crate::model::record::{CUSTOMER_CONTACT, Field};

use super::Setup;
use super::refusal::Refusal;

const SITE_RULES: &str = include_str!("site_rules.toml");

/// How a read-only field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stamp {
    /// The user who logged in.
    User,
    /// The day on which the contact was first seen.
    DateCreated,
    /// The day of its last update.
    DateModified,
    /// The time of its last update.
    TimeModified,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fields: HashMap<String, FieldRule>,
}

/// What holds for one field.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldRule {
    max_length: Option<usize>,
    #[serde(default)]
    values: Vec<String>,
    stamp: Option<Stamp>,
    /// Characters that are stored; the rest is lost without a word, as ERPs do.
    cut: Option<usize>,
    /// Whether it is stored in upper case.
    #[serde(default)]
    upper: bool,
}

/// The rules of every field, by its position in the record type's table.
pub(super) struct SiteRules(Vec<FieldRule>);

impl SiteRules {
    /// Reads the sandbox's own rules and lays `setup` over them.
    pub(super) fn new(setup: &Setup) -> io::Result<Self> {
        let mut file: File = toml::from_str(SITE_RULES).map_err(io::Error::other)?;
        let rules = CUSTOMER_CONTACT.fields.iter().map(|field| {
            let mut rule = file.fields.remove(field.name).unwrap_or_default();
            if !setup.site_rules {
                rule.max_length = None;
                rule.values.clear();
                rule.cut = None;
                rule.upper = false;
            }
            // A documented limit is the endpoint's, not the site's: it holds in any case.
            rule.max_length = rule.max_length.or(field.max_chars);
            rule
        });
        let mut rules = Self(rules.collect());
        if let Some(name) = file.fields.keys().next() {
            return Err(not_a_field(name));
        }
        for (name, length) in &setup.cut {
            let position = position(name).ok_or_else(|| not_a_field(name))?;
            rules.0[position].cut = Some(*length);
        }
        for name in &setup.upper {
            let position = position(name).ok_or_else(|| not_a_field(name))?;
            rules.0[position].upper = true;
        }
        Ok(rules)
    }

    /// Refuses a value that the field at `position` does not take.
    pub(super) fn check(&self, position: usize, value: &str) -> Result<(), Refusal> {
        let (field, rule) = (CUSTOMER_CONTACT.fields[position].name, &self.0[position]);
        if let Some(max) = rule.max_length.filter(|max| value.len() > *max) {
            let found = value.chars().count();
            if found > max {
                return Err(Refusal::Length { field, max, found });
            }
        }
        if rule.values.is_empty() || rule.values.iter().any(|allowed| allowed == value) {
            return Ok(());
        }
        let allowed = rule.values.join(" or ");
        Err(Refusal::Value { field, allowed })
    }

    /// What is stored of a value.
    pub(super) fn stored<'a>(&self, position: usize, value: &'a str) -> Cow<'a, str> {
        let FieldRule { cut, upper, .. } = &self.0[position];
        let end = cut.and_then(|length| {
            let mut characters = value.char_indices();
            characters.nth(length).map(|(end, _)| end)
        });
        let kept = end.map_or(value, |end| &value[..end]);
        if *upper { Cow::Owned(kept.to_uppercase()) } else { Cow::Borrowed(kept) }
    }

    /// How the field at `position` is filled in, if it is read-only.
    pub(super) fn stamp(&self, position: usize) -> Option<Stamp> {
        self.0[position].stamp
    }
}

/// The position in the record type's table of the field whose endpoint name is exactly `name`.
pub(super) fn position(name: &str) -> Option<usize> {
    let fields: &[Field] = CUSTOMER_CONTACT.fields;
    fields.iter().position(|field| field.name == name)
}

/// A setup names a field that there is not.
pub(super) fn not_a_field(name: &str) -> io::Error {
    let text = format!("the sandbox's contacts have no field {name}");
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Role;

    #[test]
    fn every_rule_names_a_field_and_every_read_only_field_has_its_stamp() {
        let rules = SiteRules::new(&Setup::default()).expect("the rules are read");
        for (position, field) in CUSTOMER_CONTACT.fields.iter().enumerate() {
            let stamped = rules.stamp(position).is_some();
            assert_eq!(stamped, field.role == Role::ReadOnly, "{}", field.name);
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        let rules = SiteRules::new(&Setup::default()).expect("the rules are read");
        let zip = position("ZIP_CODE").expect("a field");
        assert_eq!(rules.check(zip, &"ü".repeat(10)), Ok(()));
        let refused = rules.check(zip, &"ü".repeat(11)).expect_err("too long");
        assert_eq!(refused.to_string(), "ZIP_CODE takes at most 10 characters, and was given 11.");
    }

    #[test]
    fn without_site_rules_the_documented_limit_remains() {
        let setup = Setup { site_rules: false, ..Setup::default() };
        let rules = SiteRules::new(&setup).expect("the rules are read");
        let check =
            |field, length| rules.check(position(field).expect("a field"), &"x".repeat(length));
        assert_eq!(check("CITY", 500), Ok(()));
        assert_eq!(check("CONTACT_STATUS", 3), Ok(()));
        assert_eq!(check("NOTES", 32_765), Ok(()));
        assert!(check("NOTES", 32_766).is_err());
    }

    #[test]
    fn a_rule_for_an_unknown_field_is_refused() {
        let setup = Setup { cut: vec![("CITTY".to_owned(), 3)], ..Setup::default() };
        assert!(SiteRules::new(&setup).is_err());
        let setup = Setup { upper: vec!["CITTY".to_owned()], ..Setup::default() };
        assert!(SiteRules::new(&setup).is_err());
    }
}
