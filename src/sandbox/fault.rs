//! Faults that the sandbox can be told to have: which calls, and what happens to them.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, InvalidHeaderValue, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::model::key::same_key_value;

use super::refusal::error_body;

/// A fault: it happens to the calls that `on` and `nth` select.
///
/// It is read from and written as a line of text, such as `update every 11 drop after`;
/// [`GRAMMAR`](super::fault_grammar::GRAMMAR) says how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The calls that are counted. An update or a query is counted when its JSON is read and its token
    /// is good; a token call when its JSON is read.
    pub on: Calls,
    /// Which of them the fault happens to.
    pub nth: Selector,
    /// What happens in place of the answer.
    pub effect: Effect,
    /// Whether the update is stored (the token made) first; a refused update is not stored in any case.
    pub after: bool,
    /// The most times that the fault happens.
    pub limit: Option<u64>,
}

/// A kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Updates of contacts.
    Update,
    /// Queries.
    Query,
    /// Calls for a token.
    Token,
}

/// Which calls of a kind, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Every call.
    All,
    /// The first so many.
    First(u64),
    /// Each call whose number can be divided by this.
    Every(u64),
    /// The calls with these numbers.
    Exactly(Vec<u64>),
    /// The updates and queries whose first key field has this value, in any case of letters.
    Key(String),
}

/// What happens in place of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Another answer.
    Answer(Answer),
    /// The connection is closed without an answer.
    Drop,
    /// No answer ever comes; the connection stays open.
    Hang,
}

/// An answer in place of the endpoint's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status, from 200 to 599.
    pub status: u16,
    /// Value of `Retry-After`: seconds, a date, or any text.
    pub retry_after: Option<String>,
    /// Value of `Location`, for a redirect.
    pub location: Option<String>,
    /// What stands in the body.
    pub body: AnswerBody,
}

/// The body of an answer in place of the endpoint's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AnswerBody {
    /// Nothing.
    #[default]
    Empty,
    /// The endpoint's error body, with the members that are given.
    Error {
        /// `MESSAGE`.
        message: Option<String>,
        /// `MESSAGE_CODE`.
        code: Option<String>,
    },
    /// The endpoint's error body, whose message repeats the body of the request, token and all.
    Echo,
    /// This text as it is: a proxy's page, foreign JSON.
    Raw(String),
}

/// How a request ends that gets no answer; carried from the routes to the connection as an
/// extension of a response that is thrown away.
#[derive(Clone, Copy, Debug)]
pub(super) enum Silence {
    Drop,
    Hang,
}

impl Answer {
    /// The answer to a request with the body `request`.
    ///
    /// # Errors
    /// If a header's text cannot stand in a header.
    pub(super) fn response(&self, request: &[u8]) -> Result<Response, InvalidHeaderValue> {
        let mut response = match &self.body {
            AnswerBody::Empty => Body::empty().into_response(),
            AnswerBody::Error { message, code } => {
                error_body(message.as_deref(), code.as_deref()).into_response()
            }
            AnswerBody::Echo => {
                let message = format!("Cannot process {}", String::from_utf8_lossy(request));
                error_body(Some(&message), None).into_response()
            }
            AnswerBody::Raw(text) => {
                ([(CONTENT_TYPE, content_type(text))], text.clone()).into_response()
            }
        };
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        let headers = [(RETRY_AFTER, &self.retry_after), (LOCATION, &self.location)];
        for (name, value) in headers {
            if let Some(value) = value {
                response.headers_mut().insert(name, HeaderValue::from_str(value)?);
            }
        }
        Ok(response)
    }
}

fn content_type(text: &str) -> &'static str {
    match text.trim_start().chars().next() {
        Some('<') => "text/html",
        Some('{' | '[') => "application/json",
        _ => "text/plain",
    }
}

impl Fault {
    /// Why the fault cannot happen as it is described, if so.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match &self.nth {
            Selector::Every(0) => return Err("\"every\" counts from 1"),
            Selector::Key(_) if self.on == Calls::Token => {
                return Err("a call for a token has no key");
            }
            _ => {}
        }
        let Effect::Answer(answer) = &self.effect else {
            return Ok(());
        };
        if !(200..=599).contains(&answer.status) {
            return Err("a status is a number from 200 to 599");
        }
        let response = answer.response(&[]);
        response.map(drop).map_err(|_| "a header cannot hold line breaks or control characters")
    }

    /// What the fault does to a call with the body `request`.
    pub(super) fn response(&self, request: &[u8]) -> Response {
        let silence = match &self.effect {
            // `check` has built this answer once, when the sandbox started.
            Effect::Answer(answer) => return answer.response(request).unwrap_or_default(),
            Effect::Drop => Silence::Drop,
            Effect::Hang => Silence::Hang,
        };
        let mut response = Response::default();
        response.extensions_mut().insert(silence);
        response
    }

    fn selects(&self, number: u64, key: Option<&str>) -> bool {
        match &self.nth {
            Selector::All => true,
            Selector::First(count) => number <= *count,
            Selector::Every(step) => number.is_multiple_of(*step),
            Selector::Exactly(numbers) => numbers.contains(&number),
            Selector::Key(wanted) => key.is_some_and(|key| same_key_value(key, wanted)),
        }
    }
}

/// The faults of a sandbox, and how many calls there were.
pub(super) struct Faults {
    /// Each fault and how often it has happened.
    list: Vec<(Fault, u64)>,
    updates: u64,
    queries: u64,
    tokens: u64,
}

impl Faults {
    pub(super) fn new(faults: &[Fault]) -> Self {
        Self {
            list: faults.iter().map(|fault| (fault.clone(), 0)).collect(),
            updates: 0,
            queries: 0,
            tokens: 0,
        }
    }

    /// Counts a call, and gives the first fault that happens to it, with its position.
    /// `key` is the value of an update's or a query's first key field.
    pub(super) fn next(&mut self, on: Calls, key: Option<&str>) -> Option<(usize, Fault)> {
        let number = match on {
            Calls::Update => &mut self.updates,
            Calls::Query => &mut self.queries,
            Calls::Token => &mut self.tokens,
        };
        *number += 1;
        let number = *number;
        let mut faults = self.list.iter_mut().enumerate();
        let (position, (fault, times)) = faults.find(|(_, (fault, times))| {
            let left = fault.limit.is_none_or(|limit| *times < limit);
            left && fault.on == on && fault.selects(number, key)
        })?;
        *times += 1;
        Some((position, fault.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the first twelve updates that have a fault, with the fault's position.
    fn hit(lines: &[&str]) -> Vec<(u64, usize)> {
        let faults = lines.iter().map(|line| line.parse().expect("a fault"));
        let mut faults = Faults::new(&faults.collect::<Vec<_>>());
        let keys = ["ABC", "DEF"].iter().cycle();
        let calls = (1..=12).zip(keys);
        calls
            .filter_map(|(number, key)| {
                let (position, _) = faults.next(Calls::Update, Some(key))?;
                Some((number, position))
            })
            .collect()
    }

    #[test]
    fn each_selector_picks_its_calls() {
        assert_eq!(hit(&["update every 5 drop"]), [(5, 0), (10, 0)]);
        assert_eq!(hit(&["update 3,1 drop"]), [(1, 0), (3, 0)]);
        assert_eq!(hit(&["update first 2 drop"]), [(1, 0), (2, 0)]);
        assert_eq!(hit(&["update key abc drop limit 2"]), [(1, 0), (3, 0)]);
        assert_eq!(hit(&["token all drop", "query all drop"]), []);
    }

    #[test]
    fn the_first_fault_that_matches_wins() {
        let both = hit(&["update every 6 hang", "update every 4 drop"]);
        assert_eq!(both, [(4, 1), (6, 0), (8, 1), (12, 0)]);
    }
}
