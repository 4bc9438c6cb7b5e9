//! From a patch or a question to a request, and from an answer to a reply.
//!
//! [`Endpoint`] is the seam where the world begins: a patch or a [`Question`] goes in, a [`Reply`] comes
//! out, and silence is a reply too. What is to be done about a reply is a pure question ([`retry`]).

mod answer;
mod classify;
mod http;
mod probe;
mod query;
mod redact;
mod reply;
pub mod retry;
mod retry_after;
mod route;
mod silence;
pub mod wire;

pub use http::{ErpEndpoint, SetupFault};
pub use probe::Probed;
pub use query::{Asking, Question};
pub use reply::{Answer, Difference, LoginReply, Reply, Silence, SilenceKind, Updated};

use secrecy::SecretString;

use crate::model::patch::Patch;
use crate::model::stored::Stored;

/// A system that updates one record a call, and can be asked for records.
pub trait Endpoint {
    /// Asks for a partial update. Whatever happens is a reply.
    fn update(&self, token: &SecretString, patch: &Patch) -> impl Future<Output = Reply<Updated>>;

    /// Asks for records, and changes nothing. Whatever happens is a reply.
    fn query(
        &self,
        token: &SecretString,
        question: &Question,
    ) -> impl Future<Output = Reply<Vec<Stored>>>;

    /// Asks for a token. Whatever happens is a reply.
    fn login(&self) -> impl Future<Output = LoginReply>;

    /// Whether [`Endpoint::login`] can give a token at all.
    fn can_login(&self) -> bool;
}
