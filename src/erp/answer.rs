//! Lenient reading of an answer's JSON: one object of named values, or a list of them.
//!
//! A byte-order mark may stand before it, a value may come as a number or null, unknown
//! members are passed over, and it may not be JSON at all.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The UTF-8 byte-order mark.
const BOM: &[u8] = b"\xEF\xBB\xBF";
/// Characters of a foreign answer that are quoted.
const EXCERPT: usize = 200;
/// Bytes of it that are looked at: no request, of which it may hold a copy, has a secret of that length.
const MOST_LOOKED_AT: usize = 64 << 10;

/// The members of an answer, in their order.
#[derive(Debug)]
pub(super) struct Members<'a>(Vec<(Cow<'a, str>, Option<Cow<'a, str>>)>);

impl<'a> Members<'a> {
    /// Reads a body; nothing if it is not one JSON object.
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(body.strip_prefix(BOM).unwrap_or(body)).ok()
    }

    /// Reads a body that is a list of objects, of which `keep` keeps what is wanted; nothing if it is not.
    pub(super) fn read_list<T>(body: &'a [u8], keep: impl FnMut(Self) -> T) -> Option<Vec<T>> {
        let mut reader =
            serde_json::Deserializer::from_slice(body.strip_prefix(BOM).unwrap_or(body));
        let list = reader.deserialize_seq(List(keep)).ok()?;
        reader.end().ok().map(|()| list)
    }

    /// The value of a member as text: null is blank. Nothing if there is no such member, or it holds no single value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(member, _)| member == name)?;
        value.as_deref()
    }

    /// The same for one member after another, which is fast as long as they are asked for in their order.
    pub(super) fn in_order<'m>(&'m self) -> impl FnMut(&str) -> Option<&'m str> {
        let members = &self.0;
        let mut next = 0;
        move |name| {
            let mut places = (0..members.len()).map(|step| (next + step) % members.len());
            let found = places.find(|place| members[*place].0 == name)?;
            next = found + 1;
            members[found].1.as_deref()
        }
    }

    /// The value of a member that shows something.
    pub(super) fn shown(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }
}

/// The start of a body that is not what was expected, on one line. It is cut when `redacted` has taken the secrets
/// out: half of one would not be found.
pub(super) fn excerpt(body: &[u8], redacted: impl Fn(String) -> String) -> String {
    let start = &body[..body.len().min(MOST_LOOKED_AT)];
    let text = redacted(String::from_utf8_lossy(start).into_owned());
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(EXCERPT).collect()
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(64);
                while let Some((Value(name), Value(value))) = map.next_entry()? {
                    members.push((name.unwrap_or_default(), value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A list of objects, each of which is given up for what is kept of it.
struct List<F>(F);

impl<'de, T, F: FnMut(Members<'de>) -> T> Visitor<'de> for List<F> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut kept = Vec::new();
        while let Some(members) = seq.next_element()? {
            kept.push((self.0)(members));
        }
        Ok(kept)
    }
}

/// One value as text; nothing for a list or an object.
struct Value<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Value)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }
    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(truth.to_string())))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed("")))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_whatever_their_type() {
        let body = b"\xEF\xBB\xBF{\"A\": 17, \"B\": null, \"C\": \"x\\ny\", \"D\": [1, {}], \"E\": true, \"F\": -1.5}";
        let members = Members::read(body).expect("an object");
        assert_eq!(members.get("A"), Some("17"));
        assert_eq!((members.get("B"), members.shown("B")), (Some(""), None));
        assert_eq!(members.get("C"), Some("x\ny"));
        assert_eq!((members.get("D"), members.get("Z")), (None, None));
        assert_eq!((members.get("E"), members.get("F")), (Some("true"), Some("-1.5")));
        let mut in_order = members.in_order();
        let found = ["A", "C", "B", "Z", "F", "A"].map(&mut in_order);
        assert_eq!(found, [Some("17"), Some("x\ny"), Some(""), None, Some("-1.5"), Some("17")]);
    }

    #[test]
    fn no_part_of_a_secret_is_quoted() {
        let secret = "token-0123456789";
        let hidden = |text: String| text.replace(secret, "[secret]");
        for before in EXCERPT - secret.len()..=EXCERPT {
            let body = format!("{}{secret}", "x".repeat(before));
            assert!(!excerpt(body.as_bytes(), hidden).contains("tok"), "{before}");
        }
    }

    #[test]
    fn what_is_not_an_object_is_quoted_instead() {
        for body in ["", "[]", "<html>", "{\"A\":", "\u{feff}"] {
            assert!(Members::read(body.as_bytes()).is_none(), "{body}");
        }
        let deep = "[".repeat(100_000);
        assert!(Members::read(format!("{{\"A\":{deep}").as_bytes()).is_none());
        assert_eq!(
            excerpt(b"<html>\r\n  <title>Bad\tGateway</title>", |text| text),
            "<html> <title>Bad Gateway</title>"
        );
    }
}
