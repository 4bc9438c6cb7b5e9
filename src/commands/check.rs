//! `check`, and `update --dry-run`: every row is judged, nothing is sent.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;

use super::blocking::verb;
use super::interrupt::Interrupt;
use super::results::{ResultsFiles, results_path};
use super::survey::{self, Purpose, Survey, unsent};
use super::tell;
use crate::checks::{Rules, Verdict};
use crate::cli::{CheckArgs, command_line_only};
use crate::config::{Config, Environment, Settings};
use crate::exit::ExitCode;
use crate::model::outcome::{Finding, Status};
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Row;
use crate::report::{Facts, Replace, escape, names, summary};
use crate::sheet::Table;

/// Findings that are listed one by one.
const MOST_FINDINGS: usize = 50;

/// Reads the configuration, and judges the files.
pub(super) async fn run(args: CheckArgs, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    let flag = interrupt.flag().clone();
    verb(&interrupt, move || {
        let config = Config::load(
            &args.typed,
            args.only.config.as_deref(),
            Environment::of_process(),
            &command_line_only(),
        )?;
        judge_files(
            &args.files,
            args.only.results.as_deref(),
            &config.settings(&CUSTOMER_CONTACT)?,
            u64::MAX,
            &flag,
        )
    })
    .await
}

/// Judges the files: their findings and counts are told, and results are written where they are asked for.
pub(super) fn judge_files(
    files: &[PathBuf],
    results: Option<&Path>,
    settings: &Settings,
    limit: u64,
    cancelled: &AtomicBool,
) -> anyhow::Result<ExitCode> {
    let tables = survey::open_all(files, settings, &CUSTOMER_CONTACT)?;
    let mut left = limit;
    let mut code = ExitCode::Done;
    for (file, table) in files.iter().zip(&tables) {
        let rules = Rules::new(table.layout(), &settings.site);
        let mut check = Check::begin(file, table, rules, results, left)?;
        let survey = Survey::of(
            table,
            &settings.site,
            left,
            Purpose::Check,
            cancelled,
            &mut |row, verdict| check.look(row, verdict),
        )?;
        if cancelled.load(Ordering::Relaxed) {
            return Ok(ExitCode::Interrupted);
        }
        left = left.saturating_sub(survey.rows);
        check.finish(&survey, settings.quiet)?;
        code = code.gravest(ExitCode::of_rows(&survey.tally));
    }
    Ok(code)
}

/// The check of one file.
struct Check<'a> {
    table: &'a Table,
    rules: Rules<'a>,
    limit: u64,
    findings: usize,
    /// Takes the findings: standard output, unless the results go there.
    tell: fn(&str),
    results: Option<ResultsFiles>,
    written: io::Result<()>,
}

impl<'a> Check<'a> {
    fn begin(
        file: &Path,
        table: &'a Table,
        rules: Rules<'a>,
        results: Option<&Path>,
        limit: u64,
    ) -> anyhow::Result<Self> {
        let begun = results.map(|wanted| {
            let path = results_path(Some(wanted), file, false)?;
            ResultsFiles::begin(path.as_deref(), file, Replace::Own, table.layout())
        });
        let tell = if results.is_some_and(names::is_standard) { tell::err } else { tell::out };
        Ok(Self {
            table,
            rules,
            limit,
            findings: 0,
            tell,
            results: begun.transpose()?,
            written: Ok(()),
        })
    }

    fn look(&mut self, row: Row<'_>, verdict: &Verdict) -> ControlFlow<()> {
        let outcome = unsent(row, verdict, self.limit);
        let is_judged = outcome.status != Status::NotSent;
        for finding in verdict.faults.iter().chain(&verdict.warnings).filter(|_| is_judged) {
            if self.findings < MOST_FINDINGS {
                (self.tell)(&finding_line(self.table, row, finding));
            }
            self.findings += 1;
        }
        if let Some(results) = &mut self.results {
            self.written = results.write(&self.rules, row, &outcome, None);
        }
        if self.written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn finish(self, survey: &Survey, quiet: bool) -> anyhow::Result<()> {
        self.written.context("the results cannot be written")?;
        let files = self.results.map(ResultsFiles::finish).transpose()?.unwrap_or_default();
        if self.findings > MOST_FINDINGS {
            let more = self.findings - MOST_FINDINGS;
            (self.tell)(&format!("… and {more} more findings; --results PATH writes them all"));
        }
        let verdict = verdict(self.table, survey);
        let facts = Facts { files: &files, verdict: &verdict, ..Facts::default() };
        if !quiet {
            tell::err(summary(&survey.tally, &facts).trim_end());
        }
        Ok(())
    }
}

fn finding_line(table: &Table, row: Row<'_>, finding: &Finding) -> String {
    let sheet = table
        .origin()
        .sheet
        .as_ref()
        .map(|sheet| format!(", sheet \"{sheet}\""))
        .unwrap_or_default();
    let joint = if finding.column.is_some() { ", " } else { ": " };
    escape(&format!("{}{sheet}, row {}{joint}{finding}", table.name(), row.place.number))
        .into_owned()
}

fn verdict(table: &Table, survey: &Survey) -> String {
    let name = table.name();
    if survey.rows == 0 {
        return format!("{name}: there is no row below the header.");
    }
    let invalid = survey.tally.rows(Status::Invalid);
    let hidden = match table.skipped_rows() {
        0 => String::new(),
        rows => format!(" {rows} hidden rows are left out."),
    };
    let clears = match survey.clears {
        0 => String::new(),
        clears => format!(" {clears} cells would be blanked."),
    };
    format!(
        "{name}: {} rows would be sent, {invalid} are invalid.{clears}{hidden} Nothing was sent.",
        survey.to_send
    )
}
