//! `check`, and `update --dry-run`: every row is judged, nothing is sent.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;

use super::about::{self, Fact};
use super::baseline::Baseline;
use super::blocking::verb;
use super::check_verdict::{Counts, json, verdict};
use super::interrupt::Interrupt;
use super::judging::{Asked, judge_files};
use super::repeats::RepeatsTold;
use super::results::ResultsFiles;
use super::results_path::rejects_kind;
use super::settle::Ended;
use super::survey::{Survey, unsent};
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
            account: None,
        };
        judge_files(&args.files, &asked, &config, &config.settings(&CUSTOMER_CONTACT)?, &flag)
    })
    .await
}

/// The check of one file.
pub(super) struct Check<'a> {
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
    /// Opens the results, if any are asked for.
    ///
    /// # Errors
    /// They cannot be written where they should stand.
    pub(super) fn begin(
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

    /// What the file is, and where settings were said.
    pub(super) fn tell_facts(&self, settings: &[Fact]) {
        if self.asked.format == Format::Text && !self.quiet {
            let facts = [settings, &about::sheet(self.table)].concat();
            (self.tell)(about::told(&facts, tell::out_screen()).trim_end());
        }
    }

    /// Lists what there is to say of a row, and writes its line.
    pub(super) fn look(
        &mut self,
        row: Row<'_>,
        verdict: &Verdict,
        reading: &Reading,
    ) -> ControlFlow<()> {
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
    pub(super) fn repeats(
        &self,
        survey: &Survey,
        cancelled: &AtomicBool,
    ) -> Result<RepeatsTold, SheetFault> {
        if self.quiet && self.asked.format == Format::Text {
            return Ok(RepeatsTold::default());
        }
        RepeatsTold::of(self.table, self.rules.site, survey, Some(cancelled))
    }

    /// Puts the results in place, and tells the counts.
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn finish(
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
