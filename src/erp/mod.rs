//! From a patch to a request, and from an answer to a reply.

pub mod wire;
