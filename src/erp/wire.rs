//! The JSON of requests, and the names in it that belong to no record type.
//!
//! Source: the vendor's pages "Customer Contact, Update", "Customer Contact, Query" and "Auth Token, Get".

use secrecy::{ExposeSecret, SecretString};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::query::Question;
use crate::model::patch::Patch;
use crate::model::target::Target;

/// Path of the call that gives a token, from the root of the server.
pub const TOKEN_PATH: &str = "/api/auth-token-get";
/// The token, in the body of every call but the one that gives it.
pub const AUTH_TOKEN: &str = "AUTH_TOKEN";
/// One company's books.
pub const DATA_SOURCE: &str = "DATA_SOURCE";
/// The ERP user.
pub const USER_NAME: &str = "USER_NAME";
/// The ERP user's password.
pub const PASSWORD: &str = "PASSWORD";
/// The text of an error.
pub const MESSAGE: &str = "MESSAGE";
/// The code of an error.
pub const MESSAGE_CODE: &str = "MESSAGE_CODE";

/// The body of an update: the key, only the fields to set, and the token.
pub(super) fn update_body(patch: &Patch, token: &SecretString) -> Vec<u8> {
    to_json(&UpdateRequest { patch, token })
}

/// The body of a query: what the records must be like, and the token.
pub(super) fn query_body(question: &Question, token: &SecretString) -> Vec<u8> {
    to_json(&QueryRequest { question, token })
}

/// The body of a login.
pub(super) fn login_body(target: &Target, password: &SecretString) -> Vec<u8> {
    to_json(&LoginRequest { target, password })
}

fn to_json(request: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(request)
        .expect("a map of texts is always JSON, and memory is always written")
}

struct UpdateRequest<'a> {
    patch: &'a Patch,
    token: &'a SecretString,
}

impl Serialize for UpdateRequest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, change) in self.patch.fields() {
            map.serialize_entry(field.name, change.value())?;
        }
        map.serialize_entry(AUTH_TOKEN, self.token.expose_secret())?;
        map.end()
    }
}

struct QueryRequest<'a> {
    question: &'a Question,
    token: &'a SecretString,
}

impl Serialize for QueryRequest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, text) in self.question.criteria() {
            map.serialize_entry(field.name, text)?;
        }
        map.serialize_entry(AUTH_TOKEN, self.token.expose_secret())?;
        map.end()
    }
}

struct LoginRequest<'a> {
    target: &'a Target,
    password: &'a SecretString,
}

impl Serialize for LoginRequest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry(DATA_SOURCE, &self.target.data_source)?;
        map.serialize_entry(USER_NAME, &self.target.user_name)?;
        map.serialize_entry(PASSWORD, self.password.expose_secret())?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::patch::Change;
    use crate::model::record::CUSTOMER_CONTACT;

    #[test]
    fn only_what_is_to_be_set_is_sent_and_a_cleared_field_is_empty() {
        let field = |name| CUSTOMER_CONTACT.field(name).expect("a field");
        let mut patch = Patch::default();
        patch.push(field("CUSTOMER_ID"), Change::Set("ABC"));
        patch.push(field("CUST_CONTACT"), Change::Set("J \"Q\""));
        patch.push(field("CITY"), Change::Clear);
        let body = update_body(&patch, &SecretString::from("t-1"));
        let expected =
            r#"{"CUSTOMER_ID":"ABC","CUST_CONTACT":"J \"Q\"","CITY":"","AUTH_TOKEN":"t-1"}"#;
        assert_eq!(String::from_utf8(body).as_deref(), Ok(expected));
    }
}
