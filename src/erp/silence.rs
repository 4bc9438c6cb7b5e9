//! Why no answer came, in words that say what to do: the client's own say little.

use std::error::Error;
use std::io;

use reqwest::Url;
use rustls::CertificateError;

use super::reply::{Silence, SilenceKind};
use crate::model::target::Target;

/// What `hyper-util` says of a proxy that answers CONNECT with 407; its error is not public.
const PROXY_WANTS_LOGIN: &str = "proxy authorization required";

/// What a request met that got no answer.
pub(super) fn silence(fault: reqwest::Error, target: &Target) -> Silence {
    let fault = fault.without_url();
    let of_tls = tls_fault(&fault);
    let told = told(&fault);
    let wants_login = fault.is_connect() && told.contains(PROXY_WANTS_LOGIN);
    let kind = if wants_login {
        SilenceKind::ProxyLogin
    } else if matches!(of_tls, Some(rustls::Error::InvalidCertificate(_))) {
        SilenceKind::NotTrusted
    } else if fault.is_connect() {
        SilenceKind::NeverConnected
    } else if fault.is_timeout() {
        SilenceKind::TimedOut
    } else {
        SilenceKind::Lost
    };
    let text = match of_tls {
        Some(fault) => tls_in_words(fault, target),
        None if wants_login => {
            "a proxy on the way wants a login (HTTP 407); name the proxy with one in the environment, as \
             HTTPS_PROXY=http://NAME:PASSWORD@proxy.example.com:8080"
                .to_owned()
        }
        None => told,
    };
    Silence { kind, text }
}

/// An error with all its causes: reqwest's own text says little.
pub(super) fn told(fault: &reqwest::Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(fault) = cause {
        text = format!("{text}: {fault}");
        cause = fault.source();
    }
    text
}

/// What TLS met. An [`io::Error`] passes over itself when it is asked for its source, so that it is opened.
fn tls_fault(fault: &reqwest::Error) -> Option<&rustls::Error> {
    let mut cause = fault.source();
    while let Some(fault) = cause {
        if let Some(found) = fault.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        cause = match fault.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => fault.source(),
        };
    }
    None
}

fn tls_in_words(fault: &rustls::Error, target: &Target) -> String {
    let host = host_of(&target.base_url);
    match fault {
        rustls::Error::InvalidCertificate(fault) => certificate_in_words(fault, &host, target),
        rustls::Error::InvalidMessage(_) => format!(
            "what answers at {host} does not speak TLS, which https:// stands for; look at base_url and its port"
        ),
        other => format!("no secure connection (TLS) to {host} could be agreed upon: {other}"),
    }
}

fn certificate_in_words(fault: &CertificateError, host: &str, target: &Target) -> String {
    match fault {
        CertificateError::NotValidForName => {
            format!(
                "the certificate of {host} is for another name; write base_url with the name that it is for"
            )
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<_> = presented.iter().map(|name| bare_name(name)).collect();
            let names = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
            format!(
                "the certificate of {host} is for another name ({names}); write base_url with the name that it is for"
            )
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => format!(
            "the certificate of {host} has expired; see to it at the server, and look at this machine's clock"
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => format!(
            "the certificate of {host} is not valid yet; look at this machine's clock, then at the server"
        ),
        // An authority that was renewed under its old name has signed with another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => match &target.ca_file {
            None => format!(
                "the certificate of {host} is not trusted: nobody whom this machine trusts has issued it; if your \
                 company issues its own, name the certificate of the authority that does with ca_file in the target"
            ),
            Some(file) => format!(
                "the certificate of {host} is not trusted: neither the certificates in ca_file {} nor anybody whom \
                 this machine trusts has issued it; put the certificate of the authority that did into that file",
                file.display()
            ),
        },
        // Its own words alone: they are many, and rare.
        other => format!(
            "the certificate of {host} is not trusted ({other}); see to it at the server, or name the certificate of \
             the authority that issued it with ca_file in the target"
        ),
    }
}

/// The name in `DnsName("erp.example.com")`, which is how names are told.
fn bare_name(told: &str) -> &str {
    let inner = told.split_once('(').map_or(told, |(_, inner)| inner.trim_end_matches(')'));
    inner.trim_matches('"')
}

/// The server's name in an address.
pub(super) fn host_of(base_url: &str) -> String {
    let url = Url::parse(base_url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| base_url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_bare() {
        assert_eq!(bare_name("DnsName(\"erp.example.com\")"), "erp.example.com");
        assert_eq!(bare_name("IpAddress(127.0.0.1)"), "127.0.0.1");
        assert_eq!(bare_name("Unsupported"), "Unsupported");
    }
}
