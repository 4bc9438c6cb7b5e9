//! Why the sandbox refuses a request: its own closed list of codes, each with its text and HTTP status.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::erp::wire;

/// One reason for a refusal. Which HTTP status goes with which is the vendor's page's to say;
/// the codes are the sandbox's own.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("The sandbox serves no such address.")]
    Path,
    #[error("Request method must be POST.")]
    Method,
    #[error("The body of the request cannot be taken: {text}.")]
    Body { too_large: bool, text: String },
    #[error("Request JSON is invalid: {0}.")]
    Json(String),
    #[error("{0} is no field that this call takes.")]
    Field(String),
    #[error("The key field {0} is missing or blank.")]
    Key(&'static str),
    #[error("There is no field to update.")]
    Nothing,
    #[error("Auth Token was not provided.")]
    NoToken,
    #[error("Auth Token login failure: the token is unknown, or has ended.")]
    Token,
    #[error("Login refused: the data source, the user name or the password is not the sandbox's.")]
    Login,
    #[error("There is no contact {0}.")]
    UnknownContact(String),
    #[error("{field} takes at most {max} characters, and was given {found}.")]
    Length { field: &'static str, max: usize, found: usize },
    #[error("{field} takes only {allowed}.")]
    Value { field: &'static str, allowed: String },
    #[error("There is no field to look for.")]
    Query,
}

impl Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Path => "SANDBOX_PATH",
            Self::Method => "SANDBOX_METHOD",
            Self::Body { .. } => "SANDBOX_BODY",
            Self::Json(_) => "SANDBOX_JSON",
            Self::Field(_) => "SANDBOX_FIELD",
            Self::Key(_) => "SANDBOX_KEY",
            Self::Nothing => "SANDBOX_NOTHING",
            Self::NoToken => "SANDBOX_NO_TOKEN",
            Self::Token => "SANDBOX_TOKEN",
            Self::Login => "SANDBOX_LOGIN",
            Self::UnknownContact(_) => "SANDBOX_UNKNOWN_CONTACT",
            Self::Length { .. } => "SANDBOX_LENGTH",
            Self::Value { .. } => "SANDBOX_VALUE",
            Self::Query => "SANDBOX_QUERY",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Path => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Body { too_large: true, .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body { .. } | Self::Json(_) | Self::Field(_) | Self::Key(_) | Self::Nothing => {
                StatusCode::BAD_REQUEST
            }
            Self::NoToken | Self::Token => StatusCode::UNAUTHORIZED,
            Self::Login
            | Self::UnknownContact(_)
            | Self::Length { .. }
            | Self::Value { .. }
            | Self::Query => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = error_body(Some(&self.to_string()), Some(self.code()));
        (self.status(), body).into_response()
    }
}

/// The endpoint's error body, with the members that are given.
pub(super) fn error_body(
    message: Option<&str>,
    code: Option<&str>,
) -> Json<impl Serialize + use<>> {
    let members = [(wire::MESSAGE, message), (wire::MESSAGE_CODE, code)];
    let given = members.into_iter().filter_map(|(name, text)| Some((name, text?.to_owned())));
    Json(given.collect::<BTreeMap<_, _>>())
}
