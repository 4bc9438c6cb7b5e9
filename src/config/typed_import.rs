//! `[import]` as typed, nothing checked, nothing filled in.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::typed::OneOrMore;
use crate::model::limits::MaxFailures;

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
    /// What is run when a file has been imported.
    pub on_finish: Option<OneOrMore>,
}
