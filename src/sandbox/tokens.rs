//! The tokens of the sandbox: how long each is good for.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::Setup;
use super::refusal::Refusal;

/// The tokens that were given out and have not ended.
#[derive(Default)]
pub(super) struct Tokens(HashMap<String, Token>);

/// One token, and what is left of it.
pub(super) struct Token {
    uses: Option<u32>,
    ends: Option<Instant>,
}

impl Tokens {
    /// Makes a token that is good for what `setup` allows.
    pub(super) fn give_out(&mut self, setup: &Setup) -> String {
        let name = format!("SANDBOX-{:032x}", fastrand::u128(..));
        let lifetime = |lifetime: Duration| Instant::now().checked_add(lifetime);
        let token = Token { uses: setup.token_uses, ends: setup.token_lifetime.and_then(lifetime) };
        self.0.insert(name.clone(), token);
        name
    }

    /// The token of a request, if it has not ended.
    pub(super) fn live(&mut self, name: Option<&str>) -> Result<&mut Token, Refusal> {
        let name = name.filter(|name| !name.is_empty());
        let token = self.0.get_mut(name.ok_or(Refusal::NoToken)?);
        let token = token.filter(|token| {
            token.uses != Some(0) && token.ends.is_none_or(|ends| Instant::now() < ends)
        });
        token.ok_or(Refusal::Token)
    }
}

impl Token {
    /// Takes one use away.
    pub(super) fn spend(&mut self) {
        self.uses = self.uses.map(|uses| uses.saturating_sub(1));
    }
}
