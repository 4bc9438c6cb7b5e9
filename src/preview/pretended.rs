//! What the rows of a plan so far would have made of records that later rows name again.

use std::collections::HashMap;

use crate::model::key::Key;
use crate::model::patch::Patch;
use crate::model::record::{Field, Role};

/// The values that were given to fields, by record. Holds only the records that it is told of.
#[derive(Debug, Default)]
pub struct Pretended(HashMap<Key, Vec<(&'static Field, String)>>);

impl Pretended {
    /// From now on the record holds what a patch gives it.
    pub fn apply(&mut self, key: &Key, patch: &Patch) {
        let held = self.0.entry(key.clone()).or_default();
        for (field, change) in patch.fields().filter(|(field, _)| field.role == Role::Updatable) {
            held.retain(|(other, _)| *other != field);
            held.push((field, change.value().to_owned()));
        }
    }

    /// What a field of the record would hold, if an earlier row gave it a value.
    #[must_use]
    pub fn value(&self, key: &Key, field: &Field) -> Option<&str> {
        let held = self.0.get(key)?.iter().find(|(given, _)| *given == field);
        held.map(|(_, value)| value.as_str())
    }
}
