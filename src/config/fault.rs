//! What is wrong with the configuration, where, and what to write instead.

use std::fmt;

/// A fault of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigFault {
    /// The file, the variable or the flag at fault.
    pub origin: String,
    /// What is wrong, and what to do.
    pub text: String,
}

impl ConfigFault {
    pub(super) fn new(origin: impl Into<String>, text: impl Into<String>) -> Self {
        Self { origin: origin.into(), text: text.into() }
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.text)
    }
}
