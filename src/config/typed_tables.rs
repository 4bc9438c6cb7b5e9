//! The tables of `config.toml` as typed, nothing checked, nothing filled in.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::typed::OneOrMore;
use crate::model::limits::{MaxFailures, Rate};

/// `[import]` of the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TypedImport {
    /// Which files of which folder: `inbox/*.csv`.
    pub inbox: Option<String>,
    /// Where the folders of files go that went well.
    pub archive: Option<PathBuf>,
    /// Where the folders of the others go.
    pub failed: Option<PathBuf>,
    /// Fewer files than this are a failure.
    pub expect_files: Option<u64>,
    /// A file with fewer rows is not sent.
    pub min_rows: Option<u64>,
    /// A file with more rows is not sent.
    pub max_rows: Option<u64>,
    /// How many cells of a file may be blanked.
    pub max_clears: Option<u64>,
    /// A file with more invalid rows than this, a number or a part, is not sent.
    pub max_invalid: Option<MaxFailures>,
    /// Whether a warning makes a row invalid.
    pub strict: Option<bool>,
    /// When rows may be sent, in local time: `22:00-05:30`.
    pub window: Option<String>,
    /// Rows that were begun longer ago are not sent any more.
    pub max_age: Option<String>,
    /// How long a file must not have changed before it is taken.
    pub settle_time: Option<String>,
    /// For how many days archived files and logs are kept.
    pub keep_days: Option<u32>,
    /// Whether a page of each run is written beside its results.
    pub report: Option<bool>,
    /// What a file is compared with: `last` is the last one that was sent.
    pub baseline: Option<String>,
    /// What is run when a file has been imported.
    pub on_finish: Option<OneOrMore>,
}

/// One `[fields.NAME]` of the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TypedRule {
    /// The most characters.
    pub max_length: Option<usize>,
    /// What the whole value must look like.
    pub pattern: Option<String>,
    /// The only values.
    pub values: Option<Vec<String>>,
    /// Whether every row must fill it in.
    pub required: Option<bool>,
    /// `error`, `warning` or `off`.
    pub level: Option<TypedLevel>,
}

/// What it means if a value breaks a rule.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TypedLevel {
    /// The row is not sent.
    Error,
    /// The row is sent, and told of.
    Warning,
    /// The row is sent, and nothing is told.
    Off,
}

/// One `[targets.NAME]` of the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TypedTarget {
    /// Address of the server.
    pub base_url: Option<String>,
    /// One company's books.
    pub data_source: Option<String>,
    /// The ERP user.
    pub user_name: Option<String>,
    /// A file that holds the password.
    pub password_file: Option<PathBuf>,
    /// A program, with its arguments, that prints the password.
    pub password_command: Option<OneOrMore>,
    /// Whether people work on these books.
    pub live: Option<bool>,
    /// The fastest that this target may be sent to.
    pub max_rate: Option<Rate>,
    /// Longest time to wait for a connection.
    pub connect_timeout: Option<String>,
    /// Longest time to wait for an answer.
    pub request_timeout: Option<String>,
    /// Shortest and longest wait between attempts, as `500ms..30s`.
    pub backoff: Option<String>,
    /// How long to wait for an endpoint that is down.
    pub wait_for_endpoint: Option<String>,
    /// Codes of the ERP that are worth a retry.
    pub retry_codes: Option<Vec<String>>,
    /// Certificates of a private certification authority.
    pub ca_file: Option<PathBuf>,
    /// A proxy to go through.
    pub proxy: Option<String>,
    /// Whether `http://` is allowed to another machine.
    pub allow_http: Option<bool>,
}
