//! The codes in the results: rowpatch's own, and those of the endpoint.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use super::own_code::OwnCode;

/// The start of the codes for an answer that has no code of its own, before the HTTP status.
pub const HTTP_PREFIX: &str = "RP_HTTP_";

/// A code in the results: one of rowpatch's own, or what the endpoint gave.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// One of rowpatch's own.
    Own(OwnCode),
    /// The endpoint gave no code: the HTTP status.
    Http(u16),
    /// The endpoint's own, as it came.
    Endpoint(Box<str>),
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(own) => f.write_str(own.as_str()),
            Self::Http(status) => write!(f, "{HTTP_PREFIX}{status}"),
            Self::Endpoint(code) => f.write_str(code),
        }
    }
}

impl FromStr for Code {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(own) = OwnCode::ALL.iter().find(|own| own.as_str() == text) {
            return Ok(Self::Own(*own));
        }
        let status = text.strip_prefix(HTTP_PREFIX).and_then(|status| status.parse().ok());
        Ok(status.map_or_else(|| Self::Endpoint(text.into()), Self::Http))
    }
}

impl From<OwnCode> for Code {
    fn from(own: OwnCode) -> Self {
        Self::Own(own)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Ok(code) = String::deserialize(deserializer)?.parse();
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_as_it_was_written() {
        let own = OwnCode::ALL.iter().map(|own| Code::Own(*own));
        let others = [Code::Http(404), Code::Endpoint("4711".into())];
        for code in own.chain(others) {
            assert_eq!(code.to_string().parse(), Ok(code));
        }
    }
}
