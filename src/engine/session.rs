//! The token that the whole pool shares.
//!
//! When a token ends, many rows are refused at once: only a row whose token is still the
//! current one leads to a new login. Two tokens in a row that were refused with no confirmed
//! update and no record between them mean that a new one will not help either; that is known
//! once all that was sent with the second is answered, since a refusal may overtake an update.

use std::rc::Rc;

use secrecy::SecretString;
use tokio::time::Instant;

use crate::model::target::Credentials;

/// Tokens in a row that may be refused.
const MOST_REFUSED: u32 = 2;

/// A token, and which of the run's tokens it is.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// The token itself.
    pub(super) secret: Rc<SecretString>,
    generation: u64,
}

/// The current token, and how to come by the next.
#[derive(Debug)]
pub(super) struct Session {
    state: State,
    generation: u64,
    refused_in_a_row: u32,
    faults_in_a_row: u32,
}

#[derive(Debug)]
enum State {
    Missing {
        not_before: Option<Instant>,
    },
    Asking,
    Live(Rc<SecretString>),
    /// Refused as the one before it was, while the answers to other requests are not there yet.
    Doubted,
}

/// What a refused token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There is or may be a newer one.
    Renew,
    /// There is no way to a newer one.
    Last,
}

impl Session {
    /// A session that begins with a given token, where there is one.
    pub(super) fn new(credentials: &Credentials) -> Self {
        let token = match credentials {
            Credentials::Token(token) => Some(token),
            Credentials::Password { token, .. } => token.as_ref(),
        };
        let state = match token {
            Some(token) => State::Live(Rc::new(token.clone())),
            None => State::Missing { not_before: None },
        };
        Self { state, generation: 0, refused_in_a_row: 0, faults_in_a_row: 0 }
    }

    /// The current token.
    pub(super) fn token(&self) -> Option<Token> {
        match &self.state {
            State::Live(secret) => {
                Some(Token { secret: Rc::clone(secret), generation: self.generation })
            }
            State::Missing { .. } | State::Asking | State::Doubted => None,
        }
    }

    /// Whether a login is to be sent now.
    pub(super) fn wants_login(&self, now: Instant) -> bool {
        matches!(self.state, State::Missing { not_before } if not_before.is_none_or(|time| time <= now))
    }

    /// When a login is to be sent that must wait.
    pub(super) fn next_login(&self) -> Option<Instant> {
        match self.state {
            State::Missing { not_before } => not_before,
            State::Asking | State::Live(_) | State::Doubted => None,
        }
    }

    /// A login was sent.
    pub(super) fn asking(&mut self) {
        self.state = State::Asking;
    }

    /// A login gave a token.
    pub(super) fn renewed(&mut self, token: SecretString) {
        self.state = State::Live(Rc::new(token));
        self.generation += 1;
        self.faults_in_a_row = 0;
    }

    /// A login met a fault, the n-th in a row from 0, and is to be repeated after a wait that `delay` knows.
    pub(super) fn repeat_after(&mut self, delay: impl FnOnce(u32) -> Instant) {
        self.state = State::Missing { not_before: Some(delay(self.faults_in_a_row)) };
        self.faults_in_a_row += 1;
    }

    /// The endpoint refused a row because of its token.
    pub(super) fn refused(&mut self, token: &Token, can_login: bool) -> Refused {
        let is_current =
            token.generation == self.generation && matches!(self.state, State::Live(_));
        if !is_current {
            return Refused::Renew;
        }
        if !can_login {
            return Refused::Last;
        }
        self.refused_in_a_row += 1;
        self.state = if self.refused_in_a_row < MOST_REFUSED {
            State::Missing { not_before: None }
        } else {
            State::Doubted
        };
        Refused::Renew
    }

    /// Whether no token will do, if nothing that was sent is still to be answered.
    pub(super) fn is_doubted(&self) -> bool {
        matches!(self.state, State::Doubted)
    }

    /// The endpoint confirmed an update, or gave records.
    pub(super) fn confirmed(&mut self) {
        self.refused_in_a_row = 0;
        if self.is_doubted() {
            self.state = State::Missing { not_before: None };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live() -> Session {
        let mut session =
            Session::new(&Credentials::Password { password: "p".into(), token: None });
        session.renewed("t1".into());
        session
    }

    #[test]
    fn only_a_row_with_the_current_token_leads_to_a_login() {
        let mut session = live();
        let first = session.token().expect("a token");
        assert_eq!(session.refused(&first, true), Refused::Renew);
        assert!(session.wants_login(Instant::now()));
        session.asking();
        assert_eq!(session.refused(&first, true), Refused::Renew);
        assert!(!session.wants_login(Instant::now()), "one login at a time");
        session.renewed("t2".into());
        assert_eq!(session.refused(&first, true), Refused::Renew);
        assert!(session.token().is_some(), "the new token stays");
    }

    #[test]
    fn two_tokens_in_a_row_without_an_update_between_are_doubted() {
        let mut session = live();
        for confirmed in [true, false] {
            let token = session.token().expect("a token");
            assert_eq!(session.refused(&token, true), Refused::Renew);
            session.renewed("next".into());
            if confirmed {
                session.confirmed();
            }
        }
        let token = session.token().expect("a token");
        assert_eq!(session.refused(&token, true), Refused::Renew);
        assert!(session.is_doubted() && !session.wants_login(Instant::now()));
        session.confirmed();
        assert!(!session.is_doubted() && session.wants_login(Instant::now()));
    }

    #[test]
    fn a_token_that_cannot_be_renewed_is_the_last() {
        let mut session = Session::new(&Credentials::Token("t".into()));
        let token = session.token().expect("a token");
        assert_eq!(session.refused(&token, false), Refused::Last);
    }
}
