//! Before anything is sent: every file is read and judged, what an earlier run left is found, and all that
//! will be written is open.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::baseline::Baseline;
use super::baseline_read::Compare;
use super::blocking::unless_interrupted;
use super::confirm::{Person, confirm};
use super::connection::Connection;
use super::earlier::{self, Wish};
use super::elsewhere;
use super::file_run::{FileRun, Places, Prepared};
use super::gate::Gate;
use super::interrupt::Interrupt;
use super::list_target;
use super::lock::Lock;
use super::own_updates::OwnUpdates;
use super::pipeline::Rows;
use super::results_path::{for_outputs, for_results};
use super::run::Run;
use super::standing;
use super::survey::{self, Input, Purpose, Survey};
use super::tell;
use super::way_on::WayOn;
use crate::checks::Verdict;
use crate::config::{Config, Destination, Settings};
use crate::engine::{EarlierRows, Pacer};
use crate::exit::ExitCode;
use crate::model::mapped::Look;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Row;
use crate::model::rules::SiteRules;
use crate::report::Reading;
use crate::sheet::Table;

/// What is to happen, before anything is read.
pub(super) struct Plan {
    /// Where settings were said.
    pub(super) config: Config,
    /// How rows are read and judged.
    pub(super) settings: Settings,
    /// Where rows are sent to.
    pub(super) destination: Destination,
    /// The pace of all that is sent there.
    pub(super) pacer: Pacer,
    /// Whether somebody can be asked.
    pub(super) person: Person,
    /// Rows from this one on are not sent.
    pub(super) limit: u64,
    /// Whether the sandbox of this process is sent to.
    pub(super) rehearsal: bool,
    /// Where the results go, if not beside the file.
    pub(super) results: Option<PathBuf>,
    /// Where the page of the run goes, if one is wanted.
    pub(super) page: Option<PathBuf>,
    /// What to do about a run that left rows to do.
    pub(super) wish: Wish,
    /// What a file must be like to be sent.
    pub(super) gate: Gate,
    /// When the time for sending ends, if it does.
    pub(super) closes_at: Option<Timestamp>,
    /// Whether records are looked at before rows are sent, and what for.
    pub(super) look: Look,
    /// Whether a list of the changes is written.
    pub(super) lists_changes: bool,
    /// What rows are compared with, if with anything.
    pub(super) baseline: Compare,
    /// Who goes on with rows that are left to do.
    pub(super) way_on: WayOn,
}

impl Plan {
    /// Reads all files once, asks, and opens what will be written; how the program ends if the person said
    /// no, or if nothing is left to send.
    pub(super) fn prepare(
        self,
        files: &[PathBuf],
        cancelled: &AtomicBool,
    ) -> anyhow::Result<Result<Run, ExitCode>> {
        for_results(self.results.as_deref())?;
        let places = Places {
            results: self.results.as_deref(),
            page: self.page.as_deref(),
            rehearsal: self.rehearsal,
            lists_changes: self.lists_changes,
        };
        let first = files.first().map_or(Path::new(""), PathBuf::as_path);
        // A sandbox of its own has no other run to keep away.
        let lock = (!self.rehearsal)
            .then(|| Lock::of_target(&self.destination.target, first))
            .transpose()?;
        let (inputs, finished) = self.survey(files, places, cancelled)?;
        if cancelled.load(Ordering::Relaxed) {
            return Ok(Err(ExitCode::NothingSent));
        }
        if inputs.is_empty() {
            return Ok(Err(finished));
        }
        if !confirm(&self.config, &self.destination, &self.settings, &inputs, self.person)? {
            tell::err("Nothing was sent.");
            return Ok(Err(ExitCode::NothingSent));
        }
        let Settings { site, quiet, .. } = self.settings;
        let connection = Connection::open("run", self.destination, self.person, quiet, lock)?
            .paced_by(self.pacer);
        let Connection { target, id, .. } = &connection;
        let open = |prepared| FileRun::open(prepared, places, target, &site, id);
        let files = inputs.into_iter().map(open).collect::<anyhow::Result<_>>()?;
        let site = Arc::new(site);
        let (closes_at, way_on) = (self.closes_at, self.way_on);
        Ok(Ok(Run { connection, site, files, closes_at, finished, way_on }))
    }

    /// Reads, asks, sends, and tells what became of every row.
    pub(super) async fn carry_out(
        self,
        files: Vec<PathBuf>,
        interrupt: &Interrupt,
    ) -> anyhow::Result<ExitCode> {
        let flag = Arc::clone(interrupt.flag());
        let Some(prepared) =
            unless_interrupted(interrupt, move || self.prepare(&files, &flag)).await
        else {
            return Ok(ExitCode::Interrupted);
        };
        let prepared = prepared?;
        match prepared {
            Ok(run) => run.send(interrupt).await,
            Err(code) => Ok(code),
        }
    }

    /// Keeps other runs away, reads all rows once, and finds the runs that are to be continued.
    fn survey(
        &self,
        files: &[PathBuf],
        places: Places<'_>,
        cancelled: &AtomicBool,
    ) -> anyhow::Result<(Vec<Prepared>, ExitCode)> {
        let reading = Reading::start(tell::audience(self.settings.quiet));
        let tables = survey::open_all(files, &self.settings, &CUSTOMER_CONTACT, &reading)?;
        for_outputs(places, files, &tables, &self.config, &self.baseline)?;
        if !self.rehearsal {
            let mut lists = files.iter().zip(&tables);
            lists.try_for_each(|(path, table)| {
                list_target::check(path, table, &self.destination.target)
            })?;
        }
        let mut locks = Vec::new();
        for (file, table) in files.iter().zip(&tables) {
            locks.push(places.lock(file)?);
            earlier::refuse(file, places, self.wish)?;
            reading.aside(|| standing::tell_left(file, table, places, self.wish));
        }
        let baseline = self.baseline.read(files, &self.settings, cancelled)?;
        let mut left = self.limit;
        let (mut prepared, mut finished) = (Vec::new(), ExitCode::Done);
        for ((path, table), lock) in files.iter().zip(tables).zip(locks) {
            let (site, baseline) = (&self.settings.site, baseline.as_ref());
            let mut input = survey_of(path, table, site, baseline, left, cancelled, &reading)?;
            input.look = self.look;
            if input.look == Look::Unseen && baseline.is_some_and(|baseline| baseline.has_stamps())
            {
                // Whether a record was updated since can only be seen by a look at it.
                input.look = Look::Noted;
            }
            left = left.saturating_sub(input.survey.rows);
            let (site, target) = (&self.settings.site, &self.destination.target);
            let wish = (self.wish, self.way_on);
            let earlier = earlier::find(&mut input, places, Some(target), site, wish)?;
            if earlier.is_none() {
                let finds = || earlier::finished(&input, places, target, site, wish);
                if let Some(code) = reading.aside(finds)? {
                    finished = finished.gravest(code);
                    continue;
                }
                let (to, quiet) = ((target, site), self.settings.quiet);
                reading.aside(|| elsewhere::refuse(&input, files, places, to, wish, quiet))?;
                self.gate.check(&input)?;
            }
            prepared.push(Prepared { input, earlier, lock });
        }
        Ok((prepared, finished))
    }
}

/// Reads all rows of a table once, of which those beyond `limit` are not to be sent.
pub(super) fn survey_of(
    path: &Path,
    table: Table,
    site: &SiteRules,
    baseline: Option<&Arc<Baseline>>,
    limit: u64,
    cancelled: &AtomicBool,
    reading: &Reading,
) -> anyhow::Result<Input> {
    let look = &mut |_: Row<'_>, _: &Verdict| ControlFlow::Continue(());
    let rows = Rows { table: &table, site, baseline: baseline.map(|baseline| &**baseline) };
    let survey = Survey::of(rows, limit, Purpose::Send, cancelled, reading, look)?;
    let (path, table, baseline) = (path.to_owned(), Arc::new(table), baseline.cloned());
    let (own, ended) = (OwnUpdates::default(), EarlierRows::default());
    Ok(Input { path, table, survey, done: 0, ended, look: Look::Unseen, baseline, own })
}
