//! The calls that the sandbox serves: a token, an update, a query.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};

use crate::erp::wire;
use crate::model::key::Key;
use crate::model::record::{CUSTOMER_CONTACT, Role};

use super::Setup;
use super::contacts::{Contacts, Update, key_positions};
use super::fault::{Calls, Fault, Faults};
use super::query::Criteria;
use super::record::{Record, Ticket};
use super::refusal::Refusal;
use super::site_rules::{SiteRules, position};
use super::tokens::Tokens;

/// The most bytes that the body of a request may have.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// The members of a request, whose values are texts all.
type Members = BTreeMap<String, String>;

/// Everything that the calls share.
pub(super) struct World {
    pub(super) setup: Setup,
    rules: SiteRules,
    state: Mutex<Changing>,
}

/// What the calls change.
pub(super) struct Changing {
    pub(super) record: Record,
    contacts: Contacts,
    faults: Faults,
    tokens: Tokens,
}

impl World {
    pub(super) fn new(setup: Setup) -> io::Result<Self> {
        Ok(Self {
            rules: SiteRules::new(&setup)?,
            state: Mutex::new(Changing {
                record: Record::new(setup.record),
                contacts: Contacts::new(setup.contacts.as_deref())?,
                faults: Faults::new(&setup.faults),
                tokens: Tokens::default(),
            }),
            setup,
        })
    }

    /// The state, also after a handler has panicked: every change of it is whole.
    pub(super) fn state(&self) -> MutexGuard<'_, Changing> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fields of the contact with this key.
    pub(super) fn stored(&self, key: &Key) -> Option<BTreeMap<String, String>> {
        let state = self.state();
        let shown = state.contacts.get(key)?;
        let shown = shown.shown(&self.rules, &self.setup.user_name);
        let fields = shown.fields();
        Some(fields.map(|(name, value)| (name.to_owned(), value.into_owned())).collect())
    }
}

/// The routes. Each request carries its [`Ticket`] as an extension.
pub(super) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route(wire::TOKEN_PATH, post(token))
        .route(CUSTOMER_CONTACT.update_path, post(update))
        .route(CUSTOMER_CONTACT.query_path, post(query))
        .method_not_allowed_fallback(async || Refusal::Method)
        .fallback(async || Refusal::Path)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(world)
}

type Body = Result<Bytes, BytesRejection>;

async fn token(
    State(world): State<Arc<World>>,
    Extension(ticket): Extension<Ticket>,
    body: Body,
) -> Result<Response, Refusal> {
    let body = whole(body)?;
    let members = members(&body)?;
    let mut state = world.state();
    let fault = state.fault(Calls::Token, None, ticket);
    Ok(answer(fault, &body, || {
        let token = login(&members, &world.setup).map(|()| state.tokens.give_out(&world.setup));
        token.map(|token| Json(BTreeMap::from([(wire::AUTH_TOKEN, token)])))
    }))
}

fn login(members: &Members, setup: &Setup) -> Result<(), Refusal> {
    let wanted = BTreeMap::from([
        (wire::DATA_SOURCE, setup.data_source.as_str()),
        (wire::USER_NAME, setup.user_name.as_str()),
        (wire::PASSWORD, setup.password.as_str()),
    ]);
    if let Some(unknown) = members.keys().find(|name| !wanted.contains_key(name.as_str())) {
        return Err(Refusal::Field(unknown.clone()));
    }
    let mut wanted = wanted.into_iter();
    let same = wanted.all(|(name, value)| members.get(name).is_some_and(|given| given == value));
    if same { Ok(()) } else { Err(Refusal::Login) }
}

async fn update(
    State(world): State<Arc<World>>,
    Extension(ticket): Extension<Ticket>,
    body: Body,
) -> Result<Response, Refusal> {
    let body = whole(body)?;
    let mut members = members(&body)?;
    let token = members.remove(wire::AUTH_TOKEN);
    let mut state = world.state();
    state.note(ticket, &members, &world.setup);
    state.tokens.live(token.as_deref())?.spend();
    let first_key = key_values(&members).next();
    let fault = state.fault(Calls::Update, first_key, ticket);
    Ok(answer(fault, &body, || {
        let update = checked(&members)?;
        let contact = state.contacts.update(update, &world.rules)?;
        Ok::<_, Refusal>(Json(contact.shown(&world.rules, &world.setup.user_name)).into_response())
    }))
}

async fn query(
    State(world): State<Arc<World>>,
    Extension(ticket): Extension<Ticket>,
    body: Body,
) -> Result<Response, Refusal> {
    let body = whole(body)?;
    let mut members = members(&body)?;
    let token = members.remove(wire::AUTH_TOKEN);
    let mut state = world.state();
    state.note(ticket, &members, &world.setup);
    state.tokens.live(token.as_deref())?;
    let fault = state.fault(Calls::Query, key_values(&members).next(), ticket);
    Ok(answer(fault, &body, || {
        let criteria = Criteria::read(&members)?;
        let found = criteria.find(&state.contacts, &world.rules, &world.setup.user_name);
        Ok::<_, Refusal>(Json(found).into_response())
    }))
}

fn whole(body: Body) -> Result<Bytes, Refusal> {
    body.map_err(|fault| Refusal::Body {
        too_large: fault.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE,
        text: fault.body_text(),
    })
}

fn members(body: &[u8]) -> Result<Members, Refusal> {
    serde_json::from_slice(body).map_err(|fault| Refusal::Json(fault.to_string()))
}

/// The values of the key fields, blank where one is missing.
fn key_values(members: &Members) -> impl Iterator<Item = &str> {
    let keys = CUSTOMER_CONTACT.keys();
    keys.map(|field| members.get(field.name).map_or("", |value| value.trim()))
}

fn key(members: &Members) -> Key {
    Key::fold(key_values(members))
}

/// Refuses what no contact could take; whether this contact takes it is seen when it is stored.
fn checked(members: &Members) -> Result<Update<'_>, Refusal> {
    let mut fields = Vec::with_capacity(members.len());
    for (name, value) in members {
        let position = position(name).ok_or_else(|| Refusal::Field(name.clone()))?;
        if CUSTOMER_CONTACT.fields[position].role == Role::ReadOnly {
            return Err(Refusal::Field(name.clone()));
        }
        fields.push((position, value.as_str()));
    }
    let mut keys = CUSTOMER_CONTACT.keys().zip(key_values(members));
    if let Some((field, _)) = keys.find(|(_, value)| value.is_empty()) {
        return Err(Refusal::Key(field.name));
    }
    if fields.len() == key_positions().count() {
        return Err(Refusal::Nothing);
    }
    let key = key(members);
    Ok(Update { key, fields })
}

/// The answer of `call`, or of the fault in its place.
fn answer<A: IntoResponse>(
    fault: Option<Fault>,
    body: &[u8],
    call: impl FnOnce() -> A,
) -> Response {
    match fault {
        None => call().into_response(),
        Some(fault) => {
            if fault.after {
                drop(call());
            }
            fault.response(body)
        }
    }
}

impl Changing {
    /// Notes what a request is about.
    fn note(&mut self, ticket: Ticket, members: &Members, setup: &Setup) {
        if let Some(entry) = self.record.entry(ticket) {
            entry.key = Some(key(members));
            if setup.record_fields {
                entry.fields.clone_from(members);
            }
        }
    }

    /// Counts a call and notes the fault that happens to it, if one does.
    fn fault(&mut self, calls: Calls, key: Option<&str>, ticket: Ticket) -> Option<Fault> {
        let (position, fault) = self.faults.next(calls, key)?;
        if let Some(entry) = self.record.entry(ticket) {
            entry.fault = Some(position);
        }
        Some(fault)
    }
}
