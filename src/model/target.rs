//! The system that records are sent to.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::{Host, Url};

/// An ERP server and one company's books on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name that a person gave it in `config.toml`.
    pub name: String,
    /// Address of the server, such as `https://erp.example.com`, without a path of the API.
    pub base_url: String,
    /// The data source: one company's books.
    pub data_source: String,
    /// The ERP user.
    pub user_name: String,
    /// Whether these are the books that people work on: confirmed by typing the name.
    pub live: bool,
    /// Longest time to wait for a connection.
    pub connect_timeout: Duration,
    /// Longest time to wait for an answer.
    pub request_timeout: Duration,
    /// Certificates of a private certification authority, as PEM.
    pub ca_file: Option<PathBuf>,
    /// A proxy to go through.
    pub proxy: Option<String>,
}

impl Target {
    /// Whose records it holds, as results and lists tell it.
    #[must_use]
    pub fn books(&self) -> String {
        books(&self.data_source, &self.base_url)
    }
}

/// Whose records a data source at an address holds, as results and lists tell it.
#[must_use]
pub fn books(data_source: &str, base_url: &str) -> String {
    format!("{data_source} at {base_url}")
}

/// Whether an address is this machine's: what goes there crosses no network, and needs neither TLS nor a proxy.
#[must_use]
pub fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// How to come by a token.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A token that was given ready-made; it cannot be renewed.
    Token(SecretString),
    /// A password to log in with, and a token to begin with where there is one.
    Password {
        /// Password of the target's user.
        password: SecretString,
        /// A ready-made token to use until it ends.
        token: Option<SecretString>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_loopback() {
        let is_ours = |address: &str| is_loopback(&Url::parse(address).expect("an address"));
        for ours in ["http://127.0.0.1:8080", "http://127.1", "http://[::1]/x", "http://LOCALHOST"]
        {
            assert!(is_ours(ours), "{ours}");
        }
        for other in [
            "http://10.0.0.1",
            "http://[::2]",
            "http://localhost.example",
            "http://127.0.0.1.example",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
