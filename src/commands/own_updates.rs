//! What a run itself did to records that several of its rows name: that their stamps have moved since is no surprise.

use std::collections::HashMap;

use super::pipeline::Repeated;
use crate::model::change::Held;
use crate::model::key::Key;
use crate::model::outcome::Status;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Place;

/// By record, the stamps of the last update that the run has made of it. Only of records that come again.
#[derive(Debug, Default)]
pub(super) struct OwnUpdates(HashMap<Key, Vec<Held>>);

impl OwnUpdates {
    /// A row has ended so; `stored` is what its record holds since, where that was confirmed.
    pub(super) fn ended<'s>(
        &mut self,
        repeated: &Repeated,
        (key, place): (&Key, Place),
        status: Status,
        stored: impl Iterator<Item = (&'s str, &'s str)>,
    ) {
        if status != Status::Updated || !repeated.has(place) {
            return;
        }
        let stamps = stored.filter(|(name, _)| CUSTOMER_CONTACT.last_update.contains(name));
        let held = |(name, value): (&str, &str)| Held {
            field: name.to_owned(),
            value: Some(value.trim().to_owned()),
        };
        self.0.insert(key.clone(), stamps.map(held).collect());
    }

    /// The stamps that the run itself has left, if it has updated the record.
    pub(super) fn stamps(&self, key: &Key) -> Option<&[Held]> {
        self.0.get(key).map(Vec::as_slice)
    }
}
