//! What a plan tells of one file: the third read, in the order of the rows.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context as _;

use super::pipeline::{Pass, judged};
use super::repeats::RepeatsTold;
use super::settle::{Ended, ended};
use super::survey::Input;
use super::tell;
use crate::checks::Rules;
use crate::engine::{Endings, Stop};
use crate::exit::ExitCode;
use crate::model::code::OwnCode;
use crate::model::counted::{counted, grouped};
use crate::model::outcome::Status;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Row;
use crate::model::rules::SiteRules;
use crate::model::tally::Tally;
use crate::model::target::Target;
use crate::preview::{Planned, new_value};
use crate::report::{ChangeLine, ChangesWriter, Output, PlannedChanges, Replace, Screen, names};

/// Where a plan goes.
pub(super) struct PlanOutput {
    /// The list of every change.
    list: Option<ChangesWriter>,
    /// Takes the counts: standard output, unless the list goes there.
    tell: fn(&str),
    /// Takes the table, if anything.
    screen: Option<Screen>,
    quiet: bool,
}

impl PlanOutput {
    /// Opens the list, if it is asked for, before the endpoint is asked.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(super) fn begin(
        out: Option<&Path>,
        target: &Target,
        screen: Screen,
        quiet: bool,
    ) -> anyhow::Result<Self> {
        let is_standard = out.is_some_and(names::is_standard);
        let list = out.map(|path| {
            let output = if is_standard {
                Output::standard()
            } else {
                Output::create_as(path, Replace::MoveAside, "--out")?
            };
            let blank = ChangeLine::default();
            ChangesWriter::begin(output, &CUSTOMER_CONTACT, &blank, target.books())
                .context("the plan cannot be written")
        });
        let tell = if is_standard { tell::err } else { tell::out };
        let screen = (!is_standard).then_some(screen);
        Ok(Self { list: list.transpose()?, tell, screen, quiet })
    }

    /// Puts the list in place.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        let Some(list) = self.list else { return Ok(()) };
        let placed = list.into_output().context("the plan cannot be written")?.finish()?;
        for line in tell::placed("Plan", &placed) {
            tell::unless(self.quiet, &line);
        }
        Ok(())
    }
}

/// What a plan says of a file.
pub(super) struct PlanTold {
    rows: BTreeMap<Planned, u64>,
    tally: Tally,
    changes: PlannedChanges,
    stop: Option<Stop>,
}

impl PlanTold {
    /// Reads the rows once more, lists the changes of each, and tells.
    ///
    /// # Errors
    /// The list cannot be written.
    pub(super) fn of(
        input: &Input,
        site: &SiteRules,
        mut endings: Endings,
        stop: Option<Stop>,
        output: &mut PlanOutput,
    ) -> anyhow::Result<Self> {
        let changes = PlannedChanges::new(&CUSTOMER_CONTACT);
        let mut told = Self { rows: BTreeMap::new(), tally: Tally::default(), changes, stop };
        let rules = Rules::new(input.table.layout(), site);
        let mut fault = Ok(());
        let pass = Pass::Later(&input.survey.first_read);
        let read = judged(input.rows(site), pass, &mut |batch, verdicts| {
            fault = batch.rows().zip(verdicts).try_for_each(|(row, verdict)| {
                let ended = ended(input, &mut endings, row, verdict, told.stop.as_ref())?;
                told.add(&rules, row, &ended, output)
            });
            if fault.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        fault.context("the plan cannot be written")?;
        let repeats = read.and_then(|()| RepeatsTold::of(&input.table, site, &input.survey, None));
        let repeats = repeats.unwrap_or_else(|changed| {
            let message = changed.to_string();
            told.stop.get_or_insert(Stop { code: OwnCode::FileChanged, message });
            RepeatsTold::default()
        });
        told.show(input.table.name(), &repeats, output);
        Ok(told)
    }

    fn add(
        &mut self,
        rules: &Rules<'_>,
        row: Row<'_>,
        ended: &Ended,
        output: &mut PlanOutput,
    ) -> anyhow::Result<()> {
        let Ended { outcome, before, .. } = ended;
        *self.rows.entry(Planned::of(outcome)).or_default() += 1;
        match &self.stop {
            // Why it stopped is told at the end; the cures of a run, such as --resume, are none of a plan.
            Some(_) if outcome.status == Status::NotSent => self.tally.add_plain(outcome.status),
            _ => self.tally.add(row.place.number, outcome),
        }
        let key: Vec<_> = rules.key_values(row).collect();
        let patch = rules.patch(row);
        for held in before.iter().flatten() {
            let line = ChangeLine {
                row: row.place.number,
                key: &key,
                field: &held.field,
                before: held.value.as_deref(),
                after: new_value(&patch, &held.field).unwrap_or_default(),
            };
            self.changes.add(&line);
            if let Some(list) = &mut output.list {
                list.write(&line)?;
            }
        }
        Ok(())
    }

    fn show(&self, name: &str, repeats: &RepeatsTold, output: &PlanOutput) {
        if let Some(screen) = output.screen {
            tell::out_as_is(&self.changes.table(screen));
        }
        if !output.quiet {
            let rows = Planned::ALL.map(|planned| (planned.as_str(), self.count(planned)));
            (output.tell)(self.changes.counts(&rows, &self.tally).trim_end());
            repeats.lines().iter().for_each(|line| (output.tell)(line));
        }
        if let Some(stop) = &self.stop {
            let list =
                if output.list.is_some() { ", and the list of --out was not written" } else { "" };
            tell::err(&format!(
                "Stopped early: {}; the plan is not complete{list}; to make a whole one, give the same command again.",
                stop.message
            ));
        }
        let rows = counted(self.count(Planned::WouldUpdate), "row");
        let fields = counted(self.changes.total(), "field");
        let all = grouped(self.tally.total());
        let verdict = format!("{name}: {rows} of {all} would change {fields}. Nothing was sent.");
        if !output.quiet {
            (output.tell)(&verdict);
        }
    }

    fn count(&self, planned: Planned) -> u64 {
        self.rows.get(&planned).copied().unwrap_or(0)
    }

    /// Whether the plan is not complete: then its list is not put in place.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_some()
    }

    /// How the program ends for this file: well, if nothing stands in the way of any row.
    pub(super) fn exit_code(&self) -> ExitCode {
        let stop = self.stop.as_ref().map_or(ExitCode::Done, |stop| ExitCode::of_stop(stop.code));
        let is_good = self.rows.keys().all(|planned| planned.is_good());
        stop.gravest(if is_good { ExitCode::Done } else { ExitCode::SomeRowsNot })
    }
}
