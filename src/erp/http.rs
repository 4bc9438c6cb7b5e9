//! The endpoint over HTTP.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Url, redirect, retry};
use secrecy::SecretString;

use super::classify::Arrived;
use super::query::Question;
use super::reply::{Answer, LoginReply, Reply, Silence, SilenceKind, Updated};
use super::route::with_route;
use super::silence::{silence, told};
use super::{Endpoint, retry_after, wire};
use crate::model::patch::Patch;
use crate::model::record::RecordType;
use crate::model::stored::Stored;
use crate::model::target::{Credentials, Target};

/// Most bytes that are read of an answer about one record; a contact with the longest notes stays far below.
const MOST_BYTES: usize = 8 << 20;
/// Most bytes that are read of an answer with records, which are held in memory: some 50,000 contacts.
const MOST_OF_RECORDS: usize = 64 << 20;

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

    async fn post(&self, url: &Url, body: Vec<u8>, most: usize) -> Result<Answered, Silence> {
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
            if body.len() > most {
                let text = format!("the answer is longer than {most} bytes");
                return Err(Silence { kind: SilenceKind::TooLong(status), text });
            }
        }
        Ok(Answered { status, retry_after, body })
    }
}

impl Endpoint for ErpEndpoint {
    async fn update(&self, token: &SecretString, patch: &Patch) -> Reply<Updated> {
        match self.post(&self.update_url, wire::update_body(patch, token), MOST_BYTES).await {
            Ok(answered) => {
                let secrets = secrets(token, self.password.as_ref());
                answered.arrived(&secrets).reply(patch, self.record)
            }
            Err(silence) => Reply::Silence(silence),
        }
    }

    async fn query(&self, token: &SecretString, question: &Question) -> Reply<Vec<Stored>> {
        let body = wire::query_body(question, token);
        match self.post(&self.query_url, body, MOST_OF_RECORDS).await {
            Ok(answered) => {
                answered.arrived(&secrets(token, self.password.as_ref())).found(self.record)
            }
            // To ask the same once more would not help.
            Err(Silence { kind: SilenceKind::TooLong(status), text }) => {
                let message = format!("{text}; ask for fewer records at once");
                Reply::Refused(Answer { status, code: None, message })
            }
            Err(silence) => Reply::Silence(silence),
        }
    }

    async fn login(&self) -> LoginReply {
        let Some(password) = &self.password else {
            let text = "there is no password to log in with".to_owned();
            return LoginReply::Silence(Silence { kind: SilenceKind::NeverConnected, text });
        };
        match self.post(&self.login_url, wire::login_body(&self.target, password), MOST_BYTES).await
        {
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
