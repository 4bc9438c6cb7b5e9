//! What is to be done with a row after a reply: a pure question.
//!
//! The answer depends on the reply, on how often the row may still be sent, and on the row's
//! doubt: whether an attempt before may have been applied without being confirmed.

use super::reply::{Answer, Difference, Reply, Silence, SilenceKind, Updated};
use crate::model::code::{Code, OwnCode};
use crate::model::otherwise::StoredOtherwise;
use crate::model::outcome::{Outcome, Status};

/// Answers that may say when to come back before one uses up a retry all the same: a row
/// that is always put off must not keep a run from ending.
const MOST_HOLDS: u32 = 100;

/// What happened to a row so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// Requests made for the row.
    pub attempts: u32,
    /// Retries that it has used up.
    pub spent: u32,
    /// Answers that said when to come back.
    pub held: u32,
    /// Whether any of its requests reached a server.
    pub connected: bool,
    /// Why an attempt may have been applied, where one may.
    pub doubt: Option<Ending>,
    /// Whether a run that was cut off may have sent the row. What a server says to the row now, it
    /// would have said then: a refusal leaves no doubt of that.
    pub cut_off: bool,
}

/// How a row ended, as far as the replies tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// How.
    pub status: Status,
    /// HTTP status of the last answer.
    pub http_status: Option<u16>,
    /// Why.
    pub code: Option<Code>,
    /// Why, in words.
    pub message: String,
    /// What a person should look at.
    pub warnings: Vec<String>,
    /// The fields of which something else is stored than was sent.
    pub stored_otherwise: Vec<StoredOtherwise>,
}

/// How often a row is sent again, and what for.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// Retries that a row may use up.
    pub retries: u32,
    /// Codes of the ERP that are worth a retry.
    pub retry_codes: &'a [String],
    /// Whether retries are used up at all; not while the endpoint is down.
    pub counted: bool,
    /// Whether the request can change anything: a question leaves no doubt.
    pub applies: bool,
}

/// What is to be done with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<A> {
    /// What was asked for has come.
    Good(A),
    /// It has ended otherwise.
    End(Ending),
    /// It is to be sent again after a wait.
    Again,
    /// It is to be sent again at once with a good token.
    NewToken,
    /// It has ended so, unless the address or the rights turn out to be wrong for every row.
    SuspectAddress(Ending),
    /// A proxy on the way wants a login: no row will pass.
    ProxyLogin(Ending),
}

impl Trail {
    /// Takes in a reply, and says what is to be done.
    pub fn next<A>(&mut self, reply: Reply<A>, policy: Policy<'_>) -> Next<A> {
        self.connected |= !matches!(&reply, Reply::Silence(silence) if !silence.kind.is_sent());
        match reply {
            Reply::Good(good) => Next::Good(good),
            Reply::Refused(answer) => {
                let worth_it =
                    answer.code.as_ref().is_some_and(|code| policy.retry_codes.contains(code));
                if worth_it && self.spends(policy) {
                    Next::Again
                } else {
                    Next::End(self.refused(answer))
                }
            }
            Reply::Unauthorized(_) => Next::NewToken,
            Reply::WrongAddress(answer) => Next::SuspectAddress(self.refused(answer)),
            Reply::ProxyLogin(answer) => Next::ProxyLogin(self.refused(answer)),
            Reply::Transient { answer, retry_after, may_have_applied } => {
                let ending = self.transient(answer);
                self.note_doubt(may_have_applied, &ending);
                let again = retry_after.is_some() && self.is_held_again() || self.spends(policy);
                if again { Next::Again } else { Next::End(self.settle(ending, policy)) }
            }
            Reply::Silence(silence) => {
                let ending = unanswered(&silence);
                self.note_doubt(policy.applies && silence.kind.is_sent(), &ending);
                if self.spends(policy) {
                    Next::Again
                } else {
                    Next::End(self.settle(ending, policy))
                }
            }
        }
    }

    /// The ending of a row that will not be sent (again), because the run stopped with `code`.
    #[must_use]
    pub fn abandoned(&self, code: OwnCode, message: &str) -> Ending {
        match &self.doubt {
            Some(doubt) => Ending {
                status: Status::Unconfirmed,
                message: format!("{}; {message}", doubt.message),
                ..doubt.clone()
            },
            None if self.cut_off => {
                let message = format!("{}; {message}", OwnCode::InDoubt.cause());
                unsent(Status::Unconfirmed, OwnCode::InDoubt, message)
            }
            None => unsent(Status::NotSent, code, message.to_owned()),
        }
    }

    /// Whether the row may be held once more without using up a retry.
    fn is_held_again(&mut self) -> bool {
        self.held += 1;
        self.held <= MOST_HOLDS
    }

    fn spends(&mut self, policy: Policy<'_>) -> bool {
        if policy.counted && self.spent >= policy.retries {
            return false;
        }
        self.spent += u32::from(policy.counted);
        true
    }

    fn note_doubt(&mut self, may_have_applied: bool, ending: &Ending) {
        if may_have_applied && self.doubt.is_none() {
            self.doubt = Some(ending.clone());
        }
    }

    /// An ending without an answer that settles the row: it depends on what came before. A row whose record
    /// alone was asked for was never sent.
    fn settle(&self, ending: Ending, policy: Policy<'_>) -> Ending {
        let status = if self.doubt.is_some() || self.cut_off {
            Status::Unconfirmed
        } else if self.connected && policy.applies {
            Status::Failed
        } else {
            Status::NotSent
        };
        Ending { status, message: self.with_doubt(ending.message), ..ending }
    }

    fn refused(&self, answer: Answer) -> Ending {
        let status = if self.doubt.is_some() { Status::Unconfirmed } else { Status::Failed };
        let ending = answered(status, answer);
        Ending { message: self.with_doubt(ending.message), ..ending }
    }

    fn transient(&self, answer: Answer) -> Ending {
        let foreign = (200..300).contains(&answer.status);
        let ending = answered(Status::Failed, answer);
        if foreign && ending.message.is_empty() {
            return Ending { message: OwnCode::ForeignAnswer.cause().to_owned(), ..ending };
        }
        Ending { message: self.with_doubt(ending.message), ..ending }
    }

    fn with_doubt(&self, message: String) -> String {
        match &self.doubt {
            Some(doubt) if !message.contains(&doubt.message) => {
                format!("{message} (an earlier attempt may have been applied: {})", doubt.message)
            }
            _ => message,
        }
    }
}

impl From<&Updated> for Ending {
    fn from(updated: &Updated) -> Self {
        let differences = &updated.differences;
        Self {
            status: Status::Updated,
            http_status: Some(updated.status),
            code: None,
            message: String::new(),
            warnings: differences.iter().map(Difference::warning).collect(),
            stored_otherwise: differences.iter().map(|found| found.otherwise.clone()).collect(),
        }
    }
}

impl From<Outcome> for Ending {
    fn from(outcome: Outcome) -> Self {
        let Outcome { status, http_status, code, message, warnings, stored_otherwise, .. } =
            outcome;
        Self { status, http_status, code, message, warnings, stored_otherwise }
    }
}

fn unsent(status: Status, code: OwnCode, message: String) -> Ending {
    Ending {
        status,
        http_status: None,
        code: Some(code.into()),
        message,
        warnings: Vec::new(),
        stored_otherwise: Vec::new(),
    }
}

fn answered(status: Status, answer: Answer) -> Ending {
    let code = match answer.code {
        Some(code) => Code::Endpoint(code.into()),
        None if (200..300).contains(&answer.status) => OwnCode::ForeignAnswer.into(),
        None => Code::Http(answer.status),
    };
    let (http_status, message) = (Some(answer.status), answer.message);
    Ending {
        status,
        http_status,
        code: Some(code),
        message,
        warnings: Vec::new(),
        stored_otherwise: Vec::new(),
    }
}

fn unanswered(silence: &Silence) -> Ending {
    let code = match silence.kind {
        SilenceKind::TimedOut => OwnCode::TimeOut,
        kind if kind.is_sent() => OwnCode::ConnectionLost,
        _ => OwnCode::NoConnection,
    };
    unsent(Status::NotSent, code, silence.text.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const POLICY: Policy<'_> =
        Policy { retries: 1, retry_codes: &[], counted: true, applies: true };

    fn answer(status: u16, code: Option<&str>) -> Answer {
        Answer { status, code: code.map(str::to_owned), message: format!("said {status}") }
    }

    fn silent(kind: SilenceKind) -> Reply<()> {
        Reply::Silence(Silence { kind, text: format!("{kind:?}") })
    }

    fn transient(status: u16, may_have_applied: bool) -> Reply<()> {
        Reply::Transient { answer: answer(status, None), retry_after: None, may_have_applied }
    }

    /// Status, code and retries used up at the end of a row that gets these replies.
    fn end(replies: Vec<Reply<()>>) -> (Status, String) {
        let mut trail = Trail::default();
        for reply in replies {
            if let Next::End(ending) | Next::SuspectAddress(ending) = trail.next(reply, POLICY) {
                return (
                    ending.status,
                    ending.code.map(|code| code.to_string()).unwrap_or_default(),
                );
            }
        }
        panic!("the row did not end");
    }

    #[test]
    fn a_refusal_fails_the_row_unless_an_attempt_before_may_have_been_applied() {
        let refusal = || Reply::Refused(answer(500, Some("E1")));
        assert_eq!(end(vec![refusal()]), (Status::Failed, "E1".into()));
        assert_eq!(end(vec![transient(503, false), refusal()]), (Status::Failed, "E1".into()));
        for doubtful in
            [silent(SilenceKind::TimedOut), silent(SilenceKind::Lost), transient(502, true)]
        {
            assert_eq!(end(vec![doubtful, refusal()]), (Status::Unconfirmed, "E1".into()));
        }
        let lost_address = vec![silent(SilenceKind::Lost), Reply::WrongAddress(answer(403, None))];
        assert_eq!(end(lost_address), (Status::Unconfirmed, "RP_HTTP_403".into()));
    }

    #[test]
    fn retries_run_out_and_the_row_is_told_by_its_doubt() {
        let ends = [
            (vec![transient(503, false), transient(429, false)], Status::Failed, "RP_HTTP_429"),
            (vec![transient(502, true), transient(503, false)], Status::Unconfirmed, "RP_HTTP_503"),
            (
                vec![transient(200, true), transient(200, true)],
                Status::Unconfirmed,
                "RP_FOREIGN_ANSWER",
            ),
            (
                vec![silent(SilenceKind::NeverConnected), silent(SilenceKind::NeverConnected)],
                Status::NotSent,
                "RP_NO_CONNECTION",
            ),
            (
                vec![transient(503, false), silent(SilenceKind::NeverConnected)],
                Status::Failed,
                "RP_NO_CONNECTION",
            ),
            (
                vec![silent(SilenceKind::TimedOut), silent(SilenceKind::NeverConnected)],
                Status::Unconfirmed,
                "RP_NO_CONNECTION",
            ),
        ];
        for (replies, status, code) in ends {
            assert_eq!(end(replies.clone()), (status, code.into()), "{replies:?}");
        }
    }

    #[test]
    fn an_answer_that_says_when_to_come_back_uses_up_no_retry() {
        let mut trail = Trail::default();
        let held = || Reply::<()>::Transient {
            answer: answer(429, None),
            retry_after: Some(Duration::from_secs(1)),
            may_have_applied: false,
        };
        for _ in 0..MOST_HOLDS {
            assert_eq!(trail.next(held(), POLICY), Next::Again);
        }
        assert_eq!(trail.spent, 0);
        assert_eq!(trail.next(held(), POLICY), Next::Again);
        assert!(matches!(trail.next(held(), POLICY), Next::End(_)), "but not for ever");
    }

    #[test]
    fn nothing_is_used_up_while_the_endpoint_is_down() {
        let mut trail = Trail::default();
        let policy = Policy { counted: false, ..POLICY };
        for _ in 0..10 {
            assert_eq!(trail.next(silent(SilenceKind::NeverConnected), policy), Next::Again);
        }
        assert_eq!(trail.abandoned(OwnCode::EndpointDown, "down").status, Status::NotSent);
        let _ = trail.next(silent(SilenceKind::Lost), policy);
        assert_eq!(trail.abandoned(OwnCode::EndpointDown, "down").status, Status::Unconfirmed);
    }

    #[test]
    fn a_question_leaves_no_doubt() {
        let mut trail = Trail::default();
        let policy = Policy { retries: 0, applies: false, ..POLICY };
        let Next::End(ending) = trail.next(silent(SilenceKind::TimedOut), policy) else {
            panic!("it has ended")
        };
        assert_eq!((ending.status, trail.doubt), (Status::NotSent, None));
    }

    #[test]
    fn only_the_codes_that_were_named_are_worth_a_retry() {
        let refused = |code| Reply::<()>::Refused(answer(500, Some(code)));
        let codes = ["LOCKED".to_owned()];
        let policy = Policy { retry_codes: &codes, ..POLICY };
        let mut trail = Trail::default();
        assert_eq!(trail.next(refused("LOCKED"), policy), Next::Again);
        assert!(matches!(trail.next(refused("LOCKED"), policy), Next::End(_)));
        assert!(matches!(Trail::default().next(refused("E1"), policy), Next::End(_)));
    }
}
