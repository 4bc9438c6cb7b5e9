//! The endpoint over HTTP.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Certificate, Client, ClientBuilder, Proxy, Url, redirect, retry};
use secrecy::SecretString;

use super::classify::Arrived;
use super::query::Question;
use super::reply::{LoginReply, Reply, Silence, SilenceKind, Updated};
use super::silence::{silence, told};
use super::{Endpoint, retry_after, wire};
use crate::model::patch::Patch;
use crate::model::record::RecordType;
use crate::model::stored::Stored;
use crate::model::target::{Credentials, Target};

/// Most bytes of an answer that are read; a contact with the longest notes stays far below.
const MOST_BYTES: usize = 8 << 20;

/// Why the endpoint cannot even be asked.
#[derive(Debug, thiserror::Error)]
pub enum SetupFault {
    /// The address is no address.
    #[error(
        "target \"{target}\": base_url \"{url}\" is not an address; write it as https://erp.example.com"
    )]
    Address {
        /// Name of the target.
        target: String,
        /// What was given.
        url: String,
    },
    /// The certificates cannot be read.
    #[error("target \"{target}\": ca_file {file} cannot be read: {fault}")]
    Certificates {
        /// Name of the target.
        target: String,
        /// The file.
        file: String,
        /// Why.
        fault: String,
    },
    /// The client cannot be set up.
    #[error("target \"{target}\": the connection cannot be set up: {fault}")]
    Client {
        /// Name of the target.
        target: String,
        /// Why.
        fault: String,
    },
}

/// One data source of an ERP server, and the calls of one record type.
#[derive(Debug)]
pub struct ErpEndpoint {
    pub(super) client: Client,
    record: &'static RecordType,
    pub(super) update_url: Url,
    query_url: Url,
    login_url: Url,
    pub(super) target: Target,
    password: Option<SecretString>,
}

impl ErpEndpoint {
    /// Sets up the client; nothing is sent yet. `user_agent` goes with every request.
    ///
    /// # Errors
    /// A wrong address, certificates that cannot be read.
    pub fn new(
        target: &Target,
        credentials: &Credentials,
        record: &'static RecordType,
        concurrency: usize,
        user_agent: &str,
    ) -> Result<Self, SetupFault> {
        let url = |path: &str| {
            let text = format!("{}{path}", target.base_url.trim_end_matches('/'));
            Url::parse(&text).map_err(|_| SetupFault::Address {
                target: target.name.clone(),
                url: target.base_url.clone(),
            })
        };
        let (update_url, query_url) = (url(record.update_path)?, url(record.query_path)?);
        let login_url = url(wire::TOKEN_PATH)?;
        let client = set_up(target, &update_url, concurrency, user_agent)?;
        let password = match credentials {
            Credentials::Token(_) => None,
            Credentials::Password { password, .. } => Some(password.clone()),
        };
        let target = target.clone();
        Ok(Self { client, record, update_url, query_url, login_url, target, password })
    }

    async fn post(&self, url: &Url, body: Vec<u8>) -> Result<Answered, Silence> {
        let request =
            self.client.post(url.clone()).header(CONTENT_TYPE, "application/json").body(body);
        let mut response = request.send().await.map_err(|fault| silence(fault, &self.target))?;
        let status = response.status().as_u16();
        let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = header.and_then(|value| retry_after::parse(value, Timestamp::now()));
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|fault| silence(fault, &self.target))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_BYTES {
                let text = format!("the answer is longer than {MOST_BYTES} bytes");
                return Err(Silence { kind: SilenceKind::Lost, text });
            }
        }
        Ok(Answered { status, retry_after, body })
    }
}

impl Endpoint for ErpEndpoint {
    async fn update(&self, token: &SecretString, patch: &Patch) -> Reply<Updated> {
        match self.post(&self.update_url, wire::update_body(patch, token)).await {
            Ok(answered) => {
                let secrets = secrets(token, self.password.as_ref());
                answered.arrived(&secrets).reply(patch, self.record)
            }
            Err(silence) => Reply::Silence(silence),
        }
    }

    async fn query(&self, token: &SecretString, question: &Question) -> Reply<Vec<Stored>> {
        match self.post(&self.query_url, wire::query_body(question, token)).await {
            Ok(answered) => {
                answered.arrived(&secrets(token, self.password.as_ref())).found(self.record)
            }
            Err(silence) => Reply::Silence(silence),
        }
    }

    async fn login(&self) -> LoginReply {
        let Some(password) = &self.password else {
            let text = "there is no password to log in with".to_owned();
            return LoginReply::Silence(Silence { kind: SilenceKind::NeverConnected, text });
        };
        match self.post(&self.login_url, wire::login_body(&self.target, password)).await {
            Ok(answered) => answered.arrived(&[password]).login_reply(),
            Err(silence) => LoginReply::Silence(silence),
        }
    }

    fn can_login(&self) -> bool {
        self.password.is_some()
    }
}

struct Answered {
    status: u16,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl Answered {
    fn arrived<'a>(&'a self, secrets: &'a [&'a SecretString]) -> Arrived<'a> {
        Arrived { status: self.status, retry_after: self.retry_after, body: &self.body, secrets }
    }
}

fn secrets<'a>(
    token: &'a SecretString,
    password: Option<&'a SecretString>,
) -> Vec<&'a SecretString> {
    std::iter::once(token).chain(password).collect()
}

/// HTTP/1.1 only and no retries of its own: a request that is sent again behind the pool's back
/// would break the rate limit and the order of rows. A redirect is never followed, since it
/// would carry the token elsewhere.
fn set_up(
    target: &Target,
    url: &Url,
    concurrency: usize,
    user_agent: &str,
) -> Result<Client, SetupFault> {
    let mut builder = Client::builder()
        .http1_only()
        .retry(retry::never())
        .redirect(redirect::Policy::none())
        .connect_timeout(target.connect_timeout)
        .timeout(target.request_timeout)
        .pool_max_idle_per_host(concurrency)
        .tcp_nodelay(true)
        .user_agent(user_agent);
    builder = with_route(builder, target, url)?;
    builder
        .build()
        .map_err(|fault| SetupFault::Client { target: target.name.clone(), fault: told(&fault) })
}

/// A proxy and the certificates of the system are for addresses that are not this machine's: a
/// proxy set in the environment would get the token, and without certificates nothing could start.
fn with_route(
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

/// Whether an address is this machine's.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
