//! The page of a run: one file for people to look at, which loads nothing, and can be read without its script.

mod cause;
mod chart;
mod course;
mod facts;
mod listed;
mod notices;
mod outcomes;
mod shown;
mod timeline;
mod told;
mod warned;
mod warnings;
mod words;

use std::io::{self, Read, Write};

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use self::cause::{CodeShown, codes};
use self::course::Course;
use self::facts::{Column, Fact};
use self::listed::Listed;
use self::notices::Notice;
use self::outcomes::Part;
use self::shown::{MESSAGE, NAME, Shown};
use self::told::Told;
use self::warnings::Warnings;
use self::words::Words;
use super::{Account, ResultsFault, ResultsReader, same_run};
use crate::model::record::RecordType;

/// What stands in the page's style element.
const STYLE: &str = include_str!("report.css");
/// What stands in its script element.
const SCRIPT: &str = include_str!("report.js");

/// The page of a run.
#[derive(Template)]
#[template(config = "src/report/page/askama.toml", path = "report.html", whitespace = "minimize")]
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
    warnings: Warnings,
    listed: Listed,
    version: &'static str,
    made_at: String,
    results: Shown,
}

/// Where the rows went.
struct To {
    data_source: Shown,
    base_url: Shown,
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
        let mut told = Told::of(results, record, account)?;
        let fitting = account.filter(|account| same_run::fits(account, |status| told.rows(status)));
        let is_of_other = account.is_some() && fitting.is_none();
        let verdict = words::verdict(&told);
        let from = fitting.map_or(name, |account| &account.input.file);
        let (codes, more_codes) = codes(&told);
        let rows = std::mem::take(&mut told.rows);
        Ok(Self {
            policy: policy(),
            style: STYLE,
            script: SCRIPT,
            size: chart::SIZE,
            title: Shown::of(&format!("{verdict}: {from}"), MESSAGE),
            from: Shown::of(from, MESSAGE),
            sheet: fitting.and_then(|account| account.input.sheet.as_deref()).map(name_shown),
            run: fitting.map(|account| To {
                data_source: name_shown(&account.target.data_source),
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
            warnings: Warnings::of(&told, fitting),
            listed: Listed::of(&told, rows, record),
            version: env!("CARGO_PKG_VERSION"),
            made_at: words::local(Timestamp::now()),
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

fn name_shown(name: &str) -> Shown {
    Shown::of(name, NAME)
}
