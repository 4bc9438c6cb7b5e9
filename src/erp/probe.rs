//! The way to the server, tried piece by piece: what a person asks when nothing works.

use std::time::Duration;

use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::http::ErpEndpoint;
use super::silence::{host_of, silence};
use crate::model::target::is_loopback;

/// Variables by which an environment names a proxy.
const PROXY_VARIABLES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// What trying a piece of the way came to, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probed {
    /// It holds.
    Good(String),
    /// It does not; and what to do.
    Bad(String),
    /// It was not tried, and why.
    Skipped(String),
}

impl ErpEndpoint {
    /// Whether the server can be reached, or the proxy before it.
    pub async fn probe_address(&self) -> Probed {
        let is_local = is_loopback(&self.update_url);
        if let Some(proxy) = self.target.proxy.as_ref().filter(|_| !is_local) {
            let url = Url::parse(proxy).ok().filter(Url::has_host);
            return match url.or_else(|| Url::parse(&format!("http://{proxy}")).ok()) {
                Some(url) => {
                    connect(&url, "the proxy ", "proxy", self.target.connect_timeout).await
                }
                None => Probed::Bad(
                    "proxy is not an address; write it as http://proxy.example.com:8080".into(),
                ),
            };
        }
        let variable = PROXY_VARIABLES
            .into_iter()
            .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
        if let Some(variable) = variable.filter(|_| !is_local) {
            return Probed::Skipped(format!(
                "the environment names a proxy ({variable}); what follows goes through it, or past it, as a run does"
            ));
        }
        connect(&self.update_url, "", "base_url", self.target.connect_timeout).await
    }

    /// Whether the server's certificate is trusted. Asks for the head of the first page, which touches no record.
    pub async fn probe_tls(&self) -> Probed {
        let mut root = self.update_url.clone();
        if root.scheme() != "https" {
            return Probed::Skipped(if is_loopback(&root) {
                "base_url is http://, which stays on this machine".into()
            } else {
                "base_url is http://, which anybody on the way can read; write https:// if the server knows it".into()
            });
        }
        root.set_path("/");
        let host = host_of(&self.target.base_url);
        match self.client.head(root).send().await {
            Err(fault) if fault.is_connect() => Probed::Bad(silence(fault, &self.target).text),
            // What came of the request does not matter: it was sent, over TLS.
            _ => Probed::Good(format!("the certificate of {host} is trusted")),
        }
    }
}

async fn connect(url: &Url, what: &str, key: &str, longest: Duration) -> Probed {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(80);
    let place = format!("{what}{host}:{port}");
    let fault = match timeout(longest, TcpStream::connect((bare, port))).await {
        Ok(Ok(_)) => return Probed::Good(format!("{place} takes connections")),
        Ok(Err(fault)) => fault.to_string(),
        Err(_) => format!("no answer within {longest:?} (connect_timeout)"),
    };
    Probed::Bad(format!(
        "no connection to {place}: {fault}; look at {key}, whether the server runs, and at the network and its firewalls"
    ))
}
