//! The contacts that the sandbox holds, as they are stored.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io;

use jiff::ZonedDateTime;
use jiff::civil::DateTime;
use serde::{Serialize, Serializer};

use crate::model::key::Key;
use crate::model::record::{CUSTOMER_CONTACT, Role};

use super::refusal::Refusal;
use super::site_rules::{SiteRules, Stamp, not_a_field, position};

/// Every contact, by its key.
pub(super) struct Contacts {
    by_key: HashMap<Key, Contact>,
    takes_unknown: bool,
}

/// One contact. Only fields that were ever set take memory.
pub(super) struct Contact {
    /// Position in the record type's table and value, sorted by position.
    values: Vec<(usize, Box<str>)>,
    created: DateTime,
    modified: DateTime,
}

/// A checked update: the position of each field in the record type's table, and its value.
pub(super) struct Update<'a> {
    /// The folded key.
    pub(super) key: Key,
    /// All fields that were sent, the key included.
    pub(super) fields: Vec<(usize, &'a str)>,
}

impl Contacts {
    /// Begins with these contacts and no others, or takes any contact on at first sight.
    pub(super) fn new(known: Option<&[BTreeMap<String, String>]>) -> io::Result<Self> {
        let now = ZonedDateTime::now().datetime();
        let contact = |fields: &BTreeMap<String, String>| {
            let mut contact = Contact::new(now);
            for (name, value) in fields {
                contact.set(position(name).ok_or_else(|| not_a_field(name))?, value);
            }
            let key = Key::fold(key_positions().map(|position| contact.value(position)));
            Ok((key, contact))
        };
        let by_key = known.unwrap_or_default().iter().map(contact).collect::<io::Result<_>>()?;
        Ok(Self { by_key, takes_unknown: known.is_none() })
    }

    /// Stores the fields of an update, unless a field does not take its value.
    pub(super) fn update(
        &mut self,
        update: Update<'_>,
        rules: &SiteRules,
    ) -> Result<&Contact, Refusal> {
        if !self.takes_unknown && !self.by_key.contains_key(&update.key) {
            let sent = update.fields.iter().filter(|(at, _)| is_key(*at));
            let key: Vec<_> = sent.map(|(_, value)| *value).collect();
            return Err(Refusal::UnknownContact(key.join(" / ")));
        }
        for (position, value) in &update.fields {
            rules.check(*position, value)?;
        }
        let now = ZonedDateTime::now().datetime();
        let contact = self.by_key.entry(update.key).or_insert_with(|| {
            let mut contact = Contact::new(now);
            let sent = update.fields.iter().copied();
            sent.filter(|(position, _)| is_key(*position))
                .for_each(|(position, value)| contact.set(position, value));
            contact
        });
        for (position, value) in update.fields {
            // The key stays as it was stored first, whatever its case is now.
            if !is_key(position) {
                contact.set(position, &rules.stored(position, value));
            }
        }
        contact.modified = now;
        Ok(contact)
    }

    /// The contact with this key.
    pub(super) fn get(&self, key: &Key) -> Option<&Contact> {
        self.by_key.get(key)
    }

    /// The contact with this key, with the key as it is kept.
    pub(super) fn entry(&self, key: &Key) -> Option<(&Key, &Contact)> {
        self.by_key.get_key_value(key)
    }

    /// Every contact with its key, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Key, &Contact)> {
        self.by_key.iter()
    }
}

impl Contact {
    fn new(now: DateTime) -> Self {
        Self { values: Vec::new(), created: now, modified: now }
    }

    fn set(&mut self, position: usize, value: &str) {
        match self.values.binary_search_by_key(&position, |(at, _)| *at) {
            Ok(found) => self.values[found].1 = value.into(),
            Err(place) => self.values.insert(place, (position, value.into())),
        }
    }

    fn value(&self, position: usize) -> &str {
        let found = self.values.binary_search_by_key(&position, |(at, _)| *at);
        found.map_or("", |found| &self.values[found].1)
    }

    /// The whole contact for an answer to `user`.
    pub(super) fn shown<'a>(&'a self, rules: &'a SiteRules, user: &'a str) -> Shown<'a> {
        Shown { contact: self, rules, user }
    }
}

/// A contact as an answer shows it: every field of the record type, in the order of its table.
pub(super) struct Shown<'a> {
    contact: &'a Contact,
    rules: &'a SiteRules,
    user: &'a str,
}

impl Shown<'_> {
    /// Each field and its value.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        let fields = CUSTOMER_CONTACT.fields.iter().enumerate();
        fields.map(|(position, field)| (field.name, self.value(position)))
    }

    /// The value of the field at `position` in the record type's table.
    pub(super) fn value(&self, position: usize) -> Cow<'_, str> {
        let Self { contact, rules, user } = self;
        match rules.stamp(position) {
            None => Cow::Borrowed(contact.value(position)),
            Some(Stamp::User) => Cow::Borrowed(*user),
            Some(Stamp::DateCreated) => Cow::Owned(contact.created.date().to_string()),
            Some(Stamp::DateModified) => Cow::Owned(contact.modified.date().to_string()),
            Some(Stamp::TimeModified) => {
                Cow::Owned(contact.modified.strftime("%H:%M:%S").to_string())
            }
        }
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.fields())
    }
}

fn is_key(position: usize) -> bool {
    CUSTOMER_CONTACT.fields[position].role == Role::Key
}

/// The positions of the key fields, in the order of the record type's table.
pub(super) fn key_positions() -> impl Iterator<Item = usize> {
    (0..CUSTOMER_CONTACT.fields.len()).filter(|position| is_key(*position))
}
