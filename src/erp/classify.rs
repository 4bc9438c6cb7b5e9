//! From the parts of an answer to a reply: what DESIGN calls "what the endpoint says".
//!
//! The statuses are those of RFC 9110; what they mean for a row follows the vendor's page.

use std::time::Duration;

use secrecy::SecretString;

use super::answer::{Members, excerpt};
use super::redact::redact;
use super::reply::{Answer, Difference, LoginReply, Reply, Updated};
use super::wire::{AUTH_TOKEN, MESSAGE, MESSAGE_CODE};
use crate::model::key::same_key_value;
use crate::model::otherwise::StoredOtherwise;
use crate::model::patch::{Change, Patch};
use crate::model::quoted::quoted;
use crate::model::record::{RecordType, Role};
use crate::model::stored::Stored;

/// An answer as it came.
pub(super) struct Arrived<'a> {
    /// HTTP status.
    pub(super) status: u16,
    /// How long the endpoint asks not to be asked.
    pub(super) retry_after: Option<Duration>,
    /// The body.
    pub(super) body: &'a [u8],
    /// What must not be shown.
    pub(super) secrets: &'a [&'a SecretString],
}

impl Arrived<'_> {
    /// What the answer to an update means.
    pub(super) fn reply(&self, patch: &Patch, record: &RecordType) -> Reply<Updated> {
        let members = Members::read(self.body);
        let stored = members.as_ref().filter(|members| is_record(members, patch));
        match (self.status, stored) {
            (200..=299, Some(members)) => Reply::Good(Updated {
                status: self.status,
                differences: self.differences(members, patch),
                record: Stored::of(record, members.in_order()),
            }),
            _ => self.no_good(members.as_ref(), true),
        }
    }

    /// What the answer to a query means.
    pub(super) fn found(&self, record: &RecordType) -> Reply<Vec<Stored>> {
        let stored = |members: Members<'_>| Stored::of(record, members.in_order());
        match (self.status, Members::read_list(self.body, stored)) {
            (200..=299, Some(records)) => Reply::Good(records),
            _ => self.no_good(Members::read(self.body).as_ref(), false),
        }
    }

    /// What an answer means that does not give what was asked for; `applies` says whether the request
    /// can have changed anything.
    fn no_good<A>(&self, members: Option<&Members<'_>>, applies: bool) -> Reply<A> {
        match self.status {
            401 => Reply::Unauthorized(self.answer(members)),
            300..=399 | 403 | 404 | 405 => Reply::WrongAddress(self.answer(members)),
            407 => Reply::ProxyLogin(self.answer(members)),
            408 | 425 | 429 | 503 => self.transient(members, false),
            500 if members.is_some_and(is_error) => Reply::Refused(self.answer(members)),
            400..=499 => Reply::Refused(self.answer(members)),
            _ => self.transient(members, applies),
        }
    }

    /// What the answer to a login means.
    pub(super) fn login_reply(&self) -> LoginReply {
        let members = Members::read(self.body);
        let answer = || self.answer(members.as_ref());
        match self.status {
            200..=299 => match members.as_ref().and_then(|members| members.shown(AUTH_TOKEN)) {
                Some(token) => LoginReply::Token(SecretString::from(token)),
                None => LoginReply::Transient { answer: answer(), retry_after: None },
            },
            408 | 425 | 429 => {
                LoginReply::Transient { answer: answer(), retry_after: self.retry_after }
            }
            300..=399 | 404 | 405 | 407 => LoginReply::WrongAddress(answer()),
            500 if members.as_ref().is_some_and(is_error) => LoginReply::Refused(answer()),
            400..=499 => LoginReply::Refused(answer()),
            _ => LoginReply::Transient { answer: answer(), retry_after: self.retry_after },
        }
    }

    fn transient<A>(&self, members: Option<&Members<'_>>, may_have_applied: bool) -> Reply<A> {
        Reply::Transient {
            answer: self.answer(members),
            retry_after: self.retry_after,
            may_have_applied,
        }
    }

    fn answer(&self, members: Option<&Members<'_>>) -> Answer {
        let shown = |name| members.and_then(|members| members.shown(name)).map(str::to_owned);
        let message = shown(MESSAGE).unwrap_or_else(|| {
            // An error with a code alone needs no quotation of itself.
            if members.is_some_and(is_error) {
                String::new()
            } else {
                excerpt(self.body, |text| self.redacted(text))
            }
        });
        Answer {
            status: self.status,
            code: shown(MESSAGE_CODE).map(|code| self.redacted(code)),
            message: self.redacted(message),
        }
    }

    fn differences(&self, members: &Members<'_>, patch: &Patch) -> Vec<Difference> {
        let updated = patch.fields().filter(|(field, _)| field.role == Role::Updatable);
        let differing = updated.filter_map(|(field, change)| {
            let stored = members.get(field.name)?;
            (stored != change.value()).then(|| Difference {
                otherwise: StoredOtherwise::of(field.name, change.value(), stored),
                values: values(change, &self.redacted(stored.to_owned())),
            })
        });
        differing.collect()
    }

    fn redacted(&self, text: String) -> String {
        redact(text, self.secrets.iter().copied())
    }
}

/// Whether the answer is the record that was sent: it carries its key.
fn is_record(members: &Members<'_>, patch: &Patch) -> bool {
    let mut keys = patch.fields().filter(|(field, _)| field.role == Role::Key);
    keys.all(|(field, sent)| {
        members.get(field.name).is_some_and(|stored| same_key_value(stored, sent.value()))
    })
}

fn is_error(members: &Members<'_>) -> bool {
    [MESSAGE, MESSAGE_CODE].iter().any(|name| members.shown(name).is_some())
}

fn values(change: Change<'_>, stored: &str) -> String {
    match change {
        Change::Clear => format!("was to be blanked, and holds {}", quoted(stored)),
        Change::Set(sent) => format!("sent {}, stored {}", quoted(sent), quoted(stored)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;

    fn patch() -> Patch {
        let field = |name| CUSTOMER_CONTACT.field(name).expect("a field");
        let mut patch = Patch::default();
        patch.push(field("CUSTOMER_ID"), Change::Set("ABC"));
        patch.push(field("CUST_CONTACT"), Change::Set("Öz"));
        patch.push(field("CITY"), Change::Set("Rome"));
        patch.push(field("STATE"), Change::Clear);
        patch
    }

    fn reply(status: u16, body: &str) -> Reply<Updated> {
        Arrived {
            status,
            retry_after: None,
            body: body.as_bytes(),
            secrets: &[&SecretString::from("t0ken")],
        }
        .reply(&patch(), &CUSTOMER_CONTACT)
    }

    #[test]
    fn only_the_record_that_was_sent_confirms_it() {
        let stored = |body| matches!(reply(200, body), Reply::Good(_));
        assert!(stored(r#"{"CUSTOMER_ID":"abc ","CUST_CONTACT":"ÖZ","CITY":"Rome","STATE":null}"#));
        assert!(!stored(r#"{"CUSTOMER_ID":"ABC","CITY":"Rome"}"#));
        assert!(!stored(r#"{"CUSTOMER_ID":"ABD","CUST_CONTACT":"Öz"}"#));
        assert!(!stored("<html>Welcome</html>"));
    }

    #[test]
    fn a_value_that_was_stored_differently_is_told() {
        let body = r#"{"CUSTOMER_ID":"ABC","CUST_CONTACT":"Öz","CITY":"Rom","STATE":"NY"}"#;
        let Reply::Good(Updated { differences, .. }) = reply(200, body) else { panic!("stored") };
        let told: Vec<_> = differences.iter().map(Difference::warning).collect();
        let expected = [
            "CITY: cut at 3 characters: sent \"Rome\", stored \"Rom\" (RP_STORED)",
            "STATE: not stored: was to be blanked, and holds \"NY\" (RP_STORED)",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn each_status_has_its_meaning() {
        let error = r#"{"MESSAGE":"no","MESSAGE_CODE":7}"#;
        for status in [400, 413, 414, 422, 500] {
            assert!(
                matches!(reply(status, error), Reply::Refused(answer) if answer.code.as_deref() == Some("7")),
                "{status}"
            );
        }
        for status in [301, 302, 307, 403, 404, 405] {
            assert!(matches!(reply(status, "<html>"), Reply::WrongAddress(_)), "{status}");
        }
        for (status, doubt) in [
            (408, false),
            (425, false),
            (429, false),
            (503, false),
            (502, true),
            (504, true),
            (500, true),
            (501, true),
            (200, true),
        ] {
            let Reply::Transient { may_have_applied, .. } = reply(status, "<html>") else {
                panic!("{status}")
            };
            assert_eq!(may_have_applied, doubt, "{status}");
        }
        assert!(matches!(reply(401, ""), Reply::Unauthorized(_)));
        assert!(matches!(reply(407, ""), Reply::ProxyLogin(_)));
    }

    #[test]
    fn what_is_found_is_a_list_and_leaves_no_doubt_if_it_is_none() {
        let found = |status, body: &str| {
            let token = SecretString::from("t0ken");
            let (body, secrets) = (body.as_bytes(), &[&token][..]);
            Arrived { status, retry_after: None, body, secrets }.found(&CUSTOMER_CONTACT)
        };
        let body = "\u{feff}[{\"CUSTOMER_ID\":\"A\",\"CUST_CONTACT\":\"B\",\"CITY\":null},{}]";
        let Reply::Good(records) = found(200, body) else { panic!("found") };
        assert_eq!(records.len(), 2);
        let city = CUSTOMER_CONTACT.field("CITY").expect("a field");
        assert_eq!((records[0].value(city), records[1].value(city)), (Some(""), None));
        for body in ["{}", "<html>", "[1]", "[{\"CITY\":"] {
            let no_list = found(200, body);
            assert!(matches!(no_list, Reply::Transient { may_have_applied: false, .. }), "{body}");
        }
        assert!(matches!(found(500, r#"{"MESSAGE":"none"}"#), Reply::Refused(_)));
    }

    #[test]
    fn the_token_is_replaced_in_what_comes_back() {
        let Reply::Refused(answer) = reply(400, r#"{"MESSAGE":"bad: t0ken"}"#) else {
            panic!("refused")
        };
        assert_eq!(answer.message, "bad: [secret]");
    }

    proptest::proptest! {
        #[test]
        fn any_answer_has_a_meaning(
            status in 100_u16..600,
            start in proptest::sample::select(vec![
                "", "{", "{\"MESSAGE\":", "{\"CUSTOMER_ID\":\"ABC\",\"CUST_CONTACT\":\"\u{d6}z\",\"CITY\":", "\u{feff}[",
            ]),
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400),
            end in proptest::sample::select(vec!["", "}", "\"}"]),
        ) {
            let body = [start.as_bytes(), &bytes, end.as_bytes()].concat();
            let token = SecretString::from("t0ken");
            let arrived = Arrived { status, retry_after: None, body: &body, secrets: &[&token] };
            let _ = arrived.reply(&patch(), &CUSTOMER_CONTACT);
            let _ = arrived.found(&CUSTOMER_CONTACT);
            let _ = arrived.login_reply();
        }
    }
}
