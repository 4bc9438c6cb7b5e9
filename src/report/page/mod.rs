//! The page of a run: one file for people to look at, which loads nothing, and can be read without its script.

mod cause;
mod chart;
mod course;
mod facts;
mod notices;
mod outcomes;
mod shown;
mod timeline;
mod told;
mod warned;

use std::io::{self, Read, Write};

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use self::cause::{CodeShown, codes};
use self::course::Course;
use self::facts::{Column, Fact};
use self::notices::Notice;
use self::outcomes::{Choice, Part};
use self::shown::{MESSAGE, NAME, Shown};
use self::told::{RowTold, Told};
use self::warned::WarningTold;
use super::{Account, ResultsFault, ResultsReader};
use crate::model::counted::{counted, counted_are, grouped};
use crate::model::outcome::Status;
use crate::model::record::RecordType;

/// What stands in the page's style element.
const STYLE: &str = include_str!("../../../templates/report.css");
/// What stands in its script element.
const SCRIPT: &str = include_str!("../../../templates/report.js");

/// The page of a run.
#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
pub struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    size: (u32, u32),
    title: Shown,
    verdict: String,
    words: Words,
    from: Shown,
    sheet: Option<Shown>,
    run: Option<To>,
    bar_text: String,
    parts: Vec<Part>,
    notices: Vec<Notice>,
    facts: Vec<Fact>,
    columns: Vec<Column>,
    course: Option<Course>,
    codes: Vec<CodeShown>,
    more_codes: Option<String>,
    warnings_text: String,
    warnings: Vec<WarningShown>,
    rows_text: String,
    rows_caption: String,
    statuses: Vec<Choice>,
    row_codes: Vec<String>,
    key_names: Vec<&'static str>,
    rows: Vec<RowTold>,
    version: &'static str,
    made_at: String,
    results: Shown,
}

/// What a run and a check are told apart by.
struct Words {
    of: &'static str,
    what: &'static str,
    bad: &'static str,
}

impl Words {
    fn of(told: &Told) -> Self {
        if told.is_check() {
            Self { of: "check", what: "What was checked", bad: "would not be sent" }
        } else {
            Self { of: "run", what: "What was sent", bad: "were not updated" }
        }
    }
}

/// Where the rows went.
struct To {
    data_source: Shown,
    base_url: Shown,
}

/// The warnings of a field and kind, in words.
struct WarningShown {
    field: &'static str,
    count: String,
    cause: &'static str,
    code: &'static str,
    row: u64,
    example: Shown,
}

impl WarningShown {
    fn of(told: &WarningTold) -> Self {
        Self {
            field: told.field.map_or("whole row", |field| field.name),
            count: grouped(told.count),
            cause: told.code.map_or("", |code| code.cause()),
            code: told.code.map_or("", |code| code.as_str()),
            row: told.row,
            example: told.example.clone(),
        }
    }
}

impl Page {
    /// The page of results, which are called `name`; with the account of their run, if there is one. An account
    /// that counts other rows than the results is of another run, and is left out, which the page says.
    ///
    /// # Errors
    /// The results cannot be read.
    pub fn of<R: Read>(
        results: &mut ResultsReader<R>,
        record: &'static RecordType,
        name: &str,
        account: Option<&Account>,
    ) -> Result<Self, ResultsFault> {
        let mut told = Told::of(results, record)?;
        let fitting = account.filter(|account| fits(account, &told));
        let is_of_other = account.is_some() && fitting.is_none();
        let verdict = verdict(&told);
        let from = fitting.map_or(name, |account| &account.input.file);
        let warned = told.warned.told();
        let (codes, more_codes) = codes(&told);
        let rows = std::mem::take(&mut told.rows);
        Ok(Self {
            policy: policy(),
            style: STYLE,
            script: SCRIPT,
            size: chart::SIZE,
            title: Shown::of(&format!("{verdict}: {from}"), MESSAGE),
            from: Shown::of(from, MESSAGE),
            sheet: fitting
                .and_then(|account| account.input.sheet.as_deref())
                .map(|sheet| Shown::of(sheet, NAME)),
            run: fitting.map(|account| To {
                data_source: Shown::of(&account.target.data_source, NAME),
                base_url: Shown::of(&account.target.base_url, MESSAGE),
            }),
            bar_text: outcomes::text(&told),
            parts: outcomes::parts(&told),
            notices: notices::of(&told, fitting, is_of_other),
            facts: facts::of(&told, name, fitting),
            columns: fitting.map(facts::columns).unwrap_or_default(),
            course: Course::of(&told, fitting),
            codes,
            more_codes,
            warnings_text: format!(
                "{} something to look at, though nothing kept them from being sent. Values that the endpoint stored differently from what was sent come first.",
                if told.with_warnings == 1 {
                    "1 row has".to_owned()
                } else {
                    format!("{} rows have", grouped(told.with_warnings))
                }
            ),
            warnings: warned.into_iter().map(WarningShown::of).collect(),
            rows_text: rows_text(&told, rows.len(), name),
            rows_caption: format!(
                "The {} that are listed, in the order of the file",
                counted(rows.len() as u64, "row")
            ),
            statuses: outcomes::choices(&rows),
            row_codes: outcomes::codes(&rows),
            key_names: record.keys().map(|key| key.label).collect(),
            rows,
            version: env!("CARGO_PKG_VERSION"),
            made_at: local(Timestamp::now()),
            results: Shown::of(name, MESSAGE),
            words: Words::of(&told),
            verdict,
        })
    }

    /// Writes the page.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.write_into(out)
    }
}

/// Nothing may be loaded, and nothing may run or colour the page but its own script and style.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// Whether an account counts the rows that the results have.
fn fits(account: &Account, told: &Told) -> bool {
    let counted = |status: &Status| account.rows.by_status.get(status.as_str()).copied();
    Status::ALL.iter().all(|status| counted(status).unwrap_or(0) == told.rows(*status))
}

fn verdict(told: &Told) -> String {
    let of = |rows: u64| format!("{} of {}", grouped(rows), counted(told.total(), "row"));
    if told.is_check() {
        format!("{} would be sent", of(told.rows(Status::Valid)))
    } else {
        format!("{} updated", of(told.rows(Status::Updated)))
    }
}

fn rows_text(told: &Told, listed: usize, name: &str) -> String {
    let not_good = told.not_good();
    let left_out = not_good - listed as u64;
    if left_out == 0 {
        format!("All {} in the order of the file.", counted(not_good, "row"))
    } else {
        format!(
            "The first {} of {}. The other {} not listed here; the results ({name}) have every row.",
            grouped(listed as u64),
            counted(not_good, "row"),
            counted_are(left_out, "row")
        )
    }
}

/// A time as this machine's clock shows it.
fn local(time: Timestamp) -> String {
    shown_as(time, "%-d %B %Y, %H:%M:%S %:z")
}

/// The same in this form.
fn shown_as(time: Timestamp, form: &str) -> String {
    time.to_zoned_datetime(TimeZone::system()).strftime(form).to_string()
}
