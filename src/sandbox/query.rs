//! Queries: the vendor's notation, and the contacts that meet it.
//!
//! A value is plain text, which is equality, or a condition: `<>X`, `>X`, `>=X`, `<X`, `<=X`, `BETWEEN a AND b`,
//! `IN a,b`, `IN 'a','b'`, or a text with wildcards. Case and outer spaces do not count. How the vendor
//! writes a quotation mark within quotation marks is not documented: here it ends the text.

use std::cmp::Ordering;

use crate::model::key::Key;
use crate::model::record::CUSTOMER_CONTACT;

use super::contacts::{Contacts, Shown, key_positions};
use super::refusal::Refusal;
use super::site_rules::{SiteRules, position};

/// Wildcards for any number of characters, and for one.
const MANY: [char; 2] = ['%', '*'];
const ONE: [char; 2] = ['_', '?'];

/// What a value must be like, in lower case.
#[derive(Debug, PartialEq, Eq)]
enum Condition {
    OneOf(Vec<String>),
    Not(String),
    Ordered(&'static [Ordering], String),
    Between(String, String),
    Like(Vec<char>),
}

impl Condition {
    fn read(text: &str) -> Self {
        let text = fold(text);
        // The longer signs come first, since the shorter begin as they do.
        let compared: [(&str, &'static [Ordering]); 4] = [
            (">=", &[Ordering::Greater, Ordering::Equal]),
            ("<=", &[Ordering::Less, Ordering::Equal]),
            (">", &[Ordering::Greater]),
            ("<", &[Ordering::Less]),
        ];
        if let Some(rest) = text.strip_prefix("<>") {
            return Self::Not(fold(rest));
        }
        for (sign, orders) in compared {
            if let Some(rest) = text.strip_prefix(sign) {
                return Self::Ordered(orders, fold(rest));
            }
        }
        if let Some((from, to)) =
            text.strip_prefix("between ").and_then(|rest| rest.split_once(" and "))
        {
            return Self::Between(fold(from), fold(to));
        }
        if let Some(list) = text.strip_prefix("in ") {
            return Self::OneOf(items(list));
        }
        if text.contains([MANY, ONE].concat().as_slice()) {
            return Self::Like(text.chars().collect());
        }
        Self::OneOf(vec![text.strip_prefix('=').map_or(text.clone(), fold)])
    }

    fn is_met_by(&self, value: &str) -> bool {
        let value = fold(value);
        match self {
            Self::OneOf(texts) => texts.contains(&value),
            Self::Not(text) => value != *text,
            Self::Ordered(orders, text) => orders.contains(&value.cmp(text)),
            Self::Between(from, to) => (from..=to).contains(&&value),
            Self::Like(pattern) => is_like(pattern, &value.chars().collect::<Vec<_>>()),
        }
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The items of a list with commas between them, each in quotation marks or not.
fn items(list: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let quoted = rest.strip_prefix('\'').and_then(|inner| inner.split_once('\''));
        let (item, after) = match quoted {
            Some((item, after)) => (item, after.split_once(',').map_or("", |(_, after)| after)),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        items.push(fold(item));
        rest = after.trim();
    }
    items
}

fn is_like(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((sign, rest)) if MANY.contains(sign) => {
            (0..=text.len()).any(|skipped| is_like(rest, &text[skipped..]))
        }
        Some((sign, rest)) => text
            .split_first()
            .is_some_and(|(c, after)| (ONE.contains(sign) || sign == c) && is_like(rest, after)),
    }
}

/// What a contact must be like: the position of each field in the record type's table, and its condition.
pub(super) struct Criteria(Vec<(usize, Condition)>);

impl Criteria {
    /// Reads the members of a query.
    pub(super) fn read<'m>(
        members: impl IntoIterator<Item = (&'m String, &'m String)>,
    ) -> Result<Self, Refusal> {
        let criterion = |(name, value): (&String, &String)| {
            let position = position(name).ok_or_else(|| Refusal::Field(name.clone()))?;
            let is_taken = CUSTOMER_CONTACT.fields[position].queryable;
            is_taken
                .then(|| (position, Condition::read(value)))
                .ok_or_else(|| Refusal::Field(name.clone()))
        };
        let criteria: Vec<_> =
            members.into_iter().map(criterion).collect::<Result<_, Refusal>>()?;
        if criteria.is_empty() { Err(Refusal::Query) } else { Ok(Self(criteria)) }
    }

    /// The contacts that meet all of them, in the order of their keys.
    pub(super) fn find<'c>(
        &self,
        contacts: &'c Contacts,
        rules: &'c SiteRules,
        user: &'c str,
    ) -> Vec<Shown<'c>> {
        let mut found: Vec<_> = match self.keys() {
            Some(keys) => keys.iter().filter_map(|key| contacts.entry(key)).collect(),
            None => contacts.all().collect(),
        };
        found.sort_unstable_by_key(|(key, _)| *key);
        let shown = found.into_iter().map(|(_, contact)| contact.shown(rules, user));
        shown.filter(|contact| self.are_met_by(contact)).collect()
    }

    fn are_met_by(&self, contact: &Shown<'_>) -> bool {
        self.0.iter().all(|(position, condition)| condition.is_met_by(&contact.value(*position)))
    }

    /// The keys that alone can meet the criteria, where these name them: then nothing need be searched.
    fn keys(&self) -> Option<Vec<Key>> {
        let mut keys: Vec<Vec<&str>> = vec![Vec::new()];
        for position in key_positions() {
            let of_field = self.0.iter().find(|(at, _)| *at == position);
            let Some((_, Condition::OneOf(values))) = of_field else { return None };
            let mut longer = Vec::new();
            for key in &keys {
                longer.extend(values.iter().map(|value| [key.as_slice(), &[value]].concat()));
            }
            keys = longer;
        }
        let mut keys: Vec<_> = keys.into_iter().map(Key::fold).collect();
        keys.sort_unstable();
        keys.dedup();
        Some(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_of_the_notation_has_its_meaning() {
        for (condition, met, not_met) in [
            ("ABC", &["abc", " ABC "][..], &["ABCD"][..]),
            ("=ABC", &["ABC"], &["=ABC"]),
            ("<>B", &["A", "C"], &["b"]),
            (">B", &["C", "BA"], &["B", "A"]),
            (">=B", &["B", "C"], &["A"]),
            ("<B", &["A", "<B"], &["B"]),
            ("<=B", &["A", "B"], &["C"]),
            ("BETWEEN B AND D", &["B", "C", "D"], &["A", "E"]),
            ("IN a, B", &["A", "b"], &["a, b", "IN a"]),
            ("IN 'X,Y','<B'", &["x,y", "<b"], &["X", "Y"]),
            ("A%", &["A", "ABC", "A%"], &["BA"]),
            ("A*C", &["AC", "ABBC"], &["ABCD"]),
            ("A_C", &["ABC", "A_C"], &["AC"]),
            ("A?", &["AB"], &["A", "ABC"]),
        ] {
            let read = Condition::read(condition);
            assert!(met.iter().all(|value| read.is_met_by(value)), "{condition}: {read:?}");
            assert!(!not_met.iter().any(|value| read.is_met_by(value)), "{condition}: {read:?}");
        }
    }
}
