//! The way to an address: proxy and certificates.

use std::io;

use reqwest::{Certificate, ClientBuilder, Proxy, Url};

use super::http::SetupFault;
use super::silence::told;
use crate::model::target::{Target, is_loopback};

/// A proxy and the certificates of the system are for addresses that are not this machine's: a
/// proxy set in the environment would get the token, and without certificates nothing could start.
pub(super) fn with_route(
    mut builder: ClientBuilder,
    target: &Target,
    url: &Url,
) -> Result<ClientBuilder, SetupFault> {
    let certificates = private_certificates(target)?;
    if is_loopback(url) {
        return Ok(builder.no_proxy().tls_certs_only(certificates));
    }
    if let Some(proxy) = &target.proxy {
        let proxy = Proxy::all(proxy).map_err(|fault| SetupFault::Client {
            target: target.name.clone(),
            fault: told(&fault),
        })?;
        builder = builder.no_proxy().proxy(proxy);
    }
    Ok(builder.tls_certs_merge(certificates))
}

fn private_certificates(target: &Target) -> Result<Vec<Certificate>, SetupFault> {
    let Some(file) = &target.ca_file else {
        return Ok(Vec::new());
    };
    let fault = |fault: String| SetupFault::Certificates {
        target: target.name.clone(),
        file: file.display().to_string(),
        fault,
    };
    let pem = std::fs::read(file).map_err(|error: io::Error| fault(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| fault(told(&error)))?;
    if certificates.is_empty() {
        return Err(fault("it holds no certificate in PEM form".into()));
    }
    Ok(certificates)
}
