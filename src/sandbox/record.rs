//! What the sandbox has received, kept for tests to look at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use crate::model::key::Key;

/// Room made before the first request comes, so that growing does not disturb measured times.
const ROOM: usize = 65_536;

/// What a request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A token.
    Token,
    /// An update of a contact.
    Update,
    /// A query.
    Query,
    /// Anything that the endpoint does not serve, a method other than POST included.
    Other,
}

/// One request and what became of it.
#[derive(Clone, Debug)]
pub struct Received {
    /// What it asked for.
    pub kind: Kind,
    /// When its head had come in.
    pub arrived: Instant,
    /// When its answer was handed over to be written; none when it never was.
    pub answered: Option<Instant>,
    /// The HTTP status of the answer; none when there was no answer.
    pub status: Option<u16>,
    /// The folded key of an update or a query; none when the request could not be read.
    pub key: Option<Key>,
    /// The fields of an update as they were sent, the key fields included and the token left out.
    /// Empty without [`record_fields`](super::Setup::record_fields).
    pub fields: BTreeMap<String, String>,
    /// The fault that was applied: its position in [`faults`](super::Setup::faults).
    pub fault: Option<usize>,
    /// The client's `User-Agent`.
    pub user_agent: Option<Arc<str>>,
}

/// The place of a request in the record; none when nothing is recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket(Option<usize>);

/// All requests in the order of their arrival.
pub(super) struct Record {
    received: Vec<Received>,
    enabled: bool,
    last_agent: Option<Arc<str>>,
}

impl Record {
    pub(super) fn new(enabled: bool) -> Self {
        Self {
            received: Vec::with_capacity(if enabled { ROOM } else { 0 }),
            enabled,
            last_agent: None,
        }
    }

    /// Notes that a request has arrived.
    pub(super) fn arrived(&mut self, kind: Kind, arrived: Instant, agent: Option<&str>) -> Ticket {
        if !self.enabled {
            return Ticket(None);
        }
        // One client sends the same text every time: share it.
        if self.last_agent.as_deref() != agent {
            self.last_agent = agent.map(Arc::from);
        }
        self.received.push(Received {
            kind,
            arrived,
            answered: None,
            status: None,
            key: None,
            fields: BTreeMap::new(),
            fault: None,
            user_agent: self.last_agent.clone(),
        });
        Ticket(Some(self.received.len() - 1))
    }

    /// The request to add to, if it is recorded.
    pub(super) fn entry(&mut self, ticket: Ticket) -> Option<&mut Received> {
        self.received.get_mut(ticket.0?)
    }

    /// A copy of everything so far.
    pub(super) fn all(&self) -> Vec<Received> {
        self.received.clone()
    }
}
