//! `check`, and `update --dry-run`: every row is judged, nothing is sent.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;

use super::about::{self, Fact};
use super::baseline::Baseline;
use super::baseline_read::Compare;
use super::blocking::verb;
use super::check_verdict::{Counts, json, verdict};
use super::file_run::Places;
use super::interrupt::Interrupt;
use super::pipeline::Rows;
use super::repeats::RepeatsTold;
use super::results::ResultsFiles;
use super::results_path::{for_one_file, for_outputs, for_results, rejects_kind};
use super::settle::Ended;
use super::survey::{self, Purpose, Survey, unsent};
use super::way_on::WayOn;
use super::{logging, tell};
use crate::checks::{Rules, Verdict};
use crate::cli::{CheckArgs, Format, command_line_only};
use crate::config::{Config, Environment, Settings};
use crate::exit::ExitCode;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Row;
use crate::model::rules::Level;
use crate::report::{Facts, FindingCounts, FindingLine, Reading, Replace, escape, names, summary};
use crate::sheet::{SheetFault, Table};

/// Findings of a file that are listed one by one, unless all are asked for.
const MOST_FINDINGS: u64 = 50;

/// What is asked of a check beside the settings.
#[derive(Clone)]
pub(super) struct Asked {
    /// Where the results go, if anywhere.
    pub(super) results: Option<PathBuf>,
    /// Rows from this one on are not looked at.
    pub(super) limit: u64,
    /// Whether every finding is listed.
    pub(super) all: bool,
    /// How findings are listed.
    pub(super) format: Format,
    /// What rows are compared with, if with anything.
    pub(super) baseline: Compare,
    /// Who goes on with rows that are left to do, where a run is told as it stands.
    pub(super) way_on: WayOn,
}

impl Asked {
    /// Where results go, or would go.
    pub(super) fn places(&self) -> Places<'_> {
        let results = self.results.as_deref();
        Places { results, page: None, rehearsal: false, lists_changes: false }
    }
}

/// Reads the configuration, and judges the files.
pub(super) async fn run(args: CheckArgs, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    let flag = interrupt.flag().clone();
    verb(&interrupt, move || {
        let environment = Environment::of_process();
        let config = Config::load(
            &args.typed,
            args.only.config.as_deref(),
            environment,
            &command_line_only(),
        )?;
        logging::begin(&config)?;
        let asked = Asked {
            results: args.only.results,
            limit: u64::MAX,
            all: args.only.all,
            format: args.only.format.unwrap_or(Format::Text),
            baseline: args.only.baseline.into(),
            way_on: WayOn::Resume,
        };
        judge_files(&args.files, &asked, &config, &config.settings(&CUSTOMER_CONTACT)?, &flag)
    })
    .await
}

/// Judges the files: their findings and counts are told, and results are written where they are asked for.
pub(super) fn judge_files(
    files: &[PathBuf],
    asked: &Asked,
    config: &Config,
    settings: &Settings,
    cancelled: &AtomicBool,
) -> anyhow::Result<ExitCode> {
    for_one_file(files, asked.results.as_deref(), "--results")?;
    for_results(asked.results.as_deref())?;
    let reading = Reading::start(tell::audience(settings.quiet));
    let tables = survey::open_all(files, settings, &CUSTOMER_CONTACT, &reading)?;
    if asked.results.is_some() {
        for_outputs(asked.places(), files, &tables, config, &asked.baseline)?;
    }
    let baseline = asked.baseline.read(files, settings, cancelled)?;
    let mut left = asked.limit;
    let mut code = ExitCode::Done;
    for (file, table) in files.iter().zip(&tables) {
        let mut check = Check::begin(file, table, settings, asked, left)?;
        reading.aside(|| check.tell_facts(&about::settings(config, &settings.site)));
        let look = &mut |row: Row<'_>, verdict: &Verdict| check.look(row, verdict, &reading);
        let rows = Rows { table, site: &settings.site, baseline: baseline.as_deref() };
        let survey = Survey::of(rows, left, Purpose::Check, cancelled, &reading, look)?;
        if cancelled.load(Ordering::Relaxed) {
            return Ok(ExitCode::Interrupted);
        }
        let repeats = check.repeats(&survey, cancelled)?;
        if cancelled.load(Ordering::Relaxed) {
            return Ok(ExitCode::Interrupted);
        }
        left = left.saturating_sub(survey.rows);
        reading.aside(|| check.finish(&survey, &repeats, baseline.as_deref()))?;
        code = code.gravest(ExitCode::of_rows(&survey.tally));
    }
    Ok(code)
}

/// The check of one file.
struct Check<'a> {
    table: &'a Table,
    rules: Rules<'a>,
    asked: &'a Asked,
    limit: u64,
    findings: FindingCounts,
    quiet: bool,
    /// Takes the findings: standard output, unless the results go there.
    tell: fn(&str),
    results: Option<ResultsFiles>,
    written: io::Result<()>,
}

impl<'a> Check<'a> {
    fn begin(
        file: &Path,
        table: &'a Table,
        settings: &'a Settings,
        asked: &'a Asked,
        limit: u64,
    ) -> anyhow::Result<Self> {
        let wanted = asked.results.as_deref();
        let begun = wanted.map(|_| {
            let kind = rejects_kind(table);
            let places = asked.places();
            let (path, rejects) = (places.of_results(file), places.rejects(file, &kind));
            let facts = about::results(table, None, None);
            let replace = Replace::MoveAside;
            ResultsFiles::begin(path.as_deref(), &rejects, replace, kind, table.layout(), facts)
        });
        let tell = if wanted.is_some_and(names::is_standard) { tell::err } else { tell::out };
        let (rules, results) = (Rules::new(table.layout(), &settings.site), begun.transpose()?);
        let (findings, quiet) = (FindingCounts::default(), settings.quiet);
        Ok(Self { table, rules, asked, limit, findings, quiet, tell, results, written: Ok(()) })
    }

    fn tell_facts(&self, settings: &[Fact]) {
        if self.asked.format == Format::Text && !self.quiet {
            let facts = [settings, &about::sheet(self.table)].concat();
            (self.tell)(about::told(&facts, tell::out_screen()).trim_end());
        }
    }

    fn look(&mut self, row: Row<'_>, verdict: &Verdict, reading: &Reading) -> ControlFlow<()> {
        if row.place.index < self.limit {
            self.list(row, verdict, reading);
        }
        if let Some(results) = &mut self.results {
            let ended = Ended::unseen(unsent(row, verdict, self.limit));
            self.written = results.write(&self.rules, row, verdict, &ended, None);
        }
        if self.written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn list(&mut self, row: Row<'_>, verdict: &Verdict, reading: &Reading) {
        let faults = verdict.faults.iter().map(|finding| (Level::Error, finding));
        let warnings = verdict.warnings.iter().map(|finding| (Level::Warning, finding));
        for (level, finding) in faults.chain(warnings) {
            let sheet = self.table.origin().sheet.as_deref();
            let line = FindingLine::new(self.table.name(), sheet, row.place.number, level, finding);
            self.findings.add(level, finding, &line);
            match self.asked.format {
                Format::Text if self.findings.total() > MOST_FINDINGS && !self.asked.all => {}
                Format::Text => reading.aside(|| (self.tell)(&escape(&line.to_string()))),
                Format::Json => reading.aside(|| (self.tell)(&json(&line))),
            }
        }
    }

    /// How rows of one record agree, where anybody wants to know.
    fn repeats(&self, survey: &Survey, cancelled: &AtomicBool) -> Result<RepeatsTold, SheetFault> {
        if self.quiet && self.asked.format == Format::Text {
            return Ok(RepeatsTold::default());
        }
        RepeatsTold::of(self.table, self.rules.site, survey, Some(cancelled))
    }

    fn finish(
        self,
        survey: &Survey,
        repeats: &RepeatsTold,
        baseline: Option<&Baseline>,
    ) -> anyhow::Result<()> {
        self.written.context("the results cannot be written")?;
        let finished = self.results.map(|results| results.finish(&survey.tally)).transpose()?;
        let files = finished.map(|finished| finished.lines).unwrap_or_default();
        if self.asked.format == Format::Json {
            (self.tell)(&json(&Counts::of(self.table, survey, repeats)));
            return Ok(());
        }
        let more = self.findings.total().saturating_sub(MOST_FINDINGS);
        if more > 0 && !self.asked.all {
            (self.tell)(&format!("… and {more} more findings; --all lists them"));
        }
        let told = baseline.map(|baseline| baseline.told(survey) + "\n").unwrap_or_default();
        let verdict = told + &verdict(self.table, survey);
        let findings = Some(&self.findings);
        let repeats = &repeats.lines();
        let facts =
            Facts { findings, repeats, files: &files, verdict: &verdict, ..Facts::default() };
        if !self.quiet {
            (self.tell)(summary(&survey.tally, &facts).trim_end());
        }
        Ok(())
    }
}
