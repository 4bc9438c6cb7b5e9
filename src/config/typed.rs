//! The configuration as typed: flags, environment and `config.toml`, nothing checked, nothing filled in.

#![allow(
    rustdoc::invalid_html_tags,
    reason = "the comment of a flag is its help too, which is no Markdown"
)]

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::defaults::{CONCURRENCY_BOUNDS, RETRIES_BOUNDS};
use super::typed_tables::{TypedImport, TypedRule, TypedTarget};
use crate::model::limits::{MaxFailures, Rate};

/// What may be said by flag, by environment variable and in `config.toml` alike; and, without a
/// flag, what only the file may say.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Typed {
    /// Which [targets.NAME] of config.toml to send to; needed when there is more than one and no `default_target`
    #[arg(long, value_name = "NAME", help_heading = "Where to")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,

    /// A workbook's sheet; without it the first visible one, and the others are named
    #[arg(long, value_name = "NAME", help_heading = "What to read")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,

    /// The row of the headers, as Excel counts; without it the first row that names the key columns
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "What to read")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u64>,

    /// The encoding of a text file, such as windows-1252 or utf-16le; without it, it is found by content
    #[arg(long, value_name = "NAME", help_heading = "What to read")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,

    /// Leave out the rows that are hidden or filtered away; a sheet with such rows needs this or --include-hidden
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", conflicts_with = "include_hidden", help_heading = "What to read")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_hidden: Option<bool>,

    /// Send the rows that are hidden or filtered away, too
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", help_heading = "What to read")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_hidden: Option<bool>,

    /// Say which field a column sets, as in --map "Town=CITY"; may be given several times
    #[arg(long, value_name = "COLUMN=FIELD", help_heading = "What to read")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub map: Vec<String>,

    /// Leave a column out; may be given several times
    #[arg(long, value_name = "COLUMN", help_heading = "What to read")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore_column: Vec<String>,

    /// How many cells may be blanked (by <clear>) without a person to ask [default: 0]
    #[arg(long, value_name = "N", help_heading = "What to read")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_clears: Option<u64>,

    /// The most requests in a time: 10/s, 600/m or unlimited; never above the target's `max_rate` [default: 10/s]
    #[arg(long, value_name = "RATE", help_heading = "How to send")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,

    /// Requests in flight at once, 1 to 1000 [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(bounds(&CONCURRENCY_BOUNDS)), help_heading = "How to send")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,

    /// How often a row is sent again when the endpoint is busy or does not answer, up to 100 [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(bounds(&RETRIES_BOUNDS)), help_heading = "How to send")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,

    /// Stop when more rows than this have failed: a number, or a part such as 5% of the rows to send;
    /// without it, stop when the first 20 all fail
    #[arg(long, value_name = "N|N%", help_heading = "How to send")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<MaxFailures>,

    /// Treat every warning as an error: the row is not sent
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", help_heading = "What to read")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,

    /// Show no progress and no summary; faults are still told
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", help_heading = "What to tell")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet: Option<bool>,

    /// Tell more of what happens, on standard error: -v what concerns the run, -vv each row
    #[arg(short = 'v', action = clap::ArgAction::Count, help_heading = "What to tell")]
    #[serde(skip_serializing_if = "is_zero")]
    pub verbose: u8,

    /// Append what happens to a file, one JSON object a line: each row, each wait, each login
    #[arg(long, value_name = "PATH", help_heading = "What to tell")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_file: Option<PathBuf>,

    /// The target that is meant when none is named.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_target: Option<String>,

    /// Whether spaces around a value are left out.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trim: Option<bool>,

    /// Field, and the value that it has in every row.
    #[arg(skip)]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,

    /// What is asked of a field.
    #[arg(skip)]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, TypedRule>,

    /// The text that blanks a field.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear_mark: Option<String>,

    /// Header, and the field or fields that its column sets.
    #[arg(skip)]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, OneOrMore>,

    /// What is imported with nobody watching.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<TypedImport>,

    /// The targets by name.
    #[arg(skip)]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub targets: BTreeMap<String, TypedTarget>,
}

impl Typed {
    /// The key of a value that is out of its bounds, and the bounds: a file knows no parser of flags.
    pub(super) fn out_of_bounds(&self) -> Option<(&'static str, String)> {
        let told = |bounds: &RangeInclusive<u32>| {
            format!("must be from {} to {}", bounds.start(), bounds.end())
        };
        let is_outside = |value: Option<u32>, bounds: &RangeInclusive<u32>| {
            value.is_some_and(|value| !bounds.contains(&value))
        };
        if is_outside(self.concurrency, &CONCURRENCY_BOUNDS) {
            Some(("concurrency", told(&CONCURRENCY_BOUNDS)))
        } else if is_outside(self.retries, &RETRIES_BOUNDS) {
            Some(("retries", told(&RETRIES_BOUNDS)))
        } else if self.header_row == Some(0) {
            Some(("header_row", "must be at least 1, the first row".to_owned()))
        } else {
            None
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_zero(count: &u8) -> bool {
    *count == 0
}

fn bounds(range: &RangeInclusive<u32>) -> RangeInclusive<i64> {
    i64::from(*range.start())..=i64::from(*range.end())
}

/// One text, or a list of texts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "must be a text in double quotes, or a list of texts")]
pub enum OneOrMore {
    /// One.
    One(String),
    /// A list.
    More(Vec<String>),
}

impl OneOrMore {
    /// The texts.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::More(texts) => texts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::defaults;

    #[test]
    fn the_help_tells_the_true_defaults() {
        let help =
            Typed::augment_args(clap::Command::new("t").term_width(0)).render_help().to_string();
        let defaults = [
            ("--rate", defaults::RATE.to_string()),
            ("--concurrency", defaults::CONCURRENCY.to_string()),
            ("--retries", defaults::RETRIES.to_string()),
            ("--max-clears", defaults::MAX_CLEARS.to_string()),
        ];
        for (flag, default) in defaults {
            let lines: Vec<_> =
                help.lines().skip_while(|line| !line.contains(flag)).take(2).collect();
            assert!(lines.concat().contains(&format!("[default: {default}]")), "{flag}: {lines:?}");
        }
    }
}
