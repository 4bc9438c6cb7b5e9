//! A run that may send: everything is read, checked, confirmed and open.

use std::cell::RefCell;
use std::io::{IsTerminal as _, stderr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::blocking::blocking;
use super::file_run::FileRun;
use super::interrupt::Interrupt;
use super::lock::Lock;
use super::settle::{Settled, settle};
use super::{send, tell};
use anyhow::Context as _;

use crate::engine::{Engine, Stop};
use crate::erp::ErpEndpoint;
use crate::exit::ExitCode;
use crate::model::code::OwnCode;
use crate::model::counted::counted_are;
use crate::model::limits::Limits;
use crate::model::outcome::Status;
use crate::model::rules::SiteRules;
use crate::model::target::{Credentials, Target};
use crate::report::{Audience, Facts, Progress, summary};

/// A run that may send.
pub(super) struct Run {
    /// Tells it from all others; goes with every request.
    pub(super) id: String,
    /// How cells are read.
    pub(super) site: Arc<SiteRules>,
    /// Nothing is told but faults.
    pub(super) quiet: bool,
    /// Where the rows go.
    pub(super) target: Target,
    /// The way there.
    pub(super) endpoint: ErpEndpoint,
    /// The token, or how to come by one.
    pub(super) credentials: Credentials,
    /// How fast and how long.
    pub(super) limits: Limits,
    /// The files in their order.
    pub(super) files: Vec<FileRun>,
    /// Keeps other runs away from the target.
    pub(super) _lock: Option<Lock>,
}

impl Run {
    /// Sends one file after the other. After a stop, the rows of the rest are told as not sent.
    pub(super) async fn send(self, interrupt: &Interrupt) -> anyhow::Result<ExitCode> {
        let to_send = self.files.iter().map(|file| file.input.left()).sum();
        let mut engine = Engine::new(&self.endpoint, &self.limits, &self.credentials, to_send);
        let mut code = ExitCode::Done;
        let mut stop: Option<Stop> = None;
        for mut file in self.files {
            let rows = file.input.left();
            let progress =
                RefCell::new(Progress::start(rows, self.limits.rate, audience(self.quiet)));
            let begun = Instant::now();
            if stop.is_none() && rows > 0 {
                let (input, journal) = (&mut file.input, &file.journal);
                stop =
                    send::send(&mut engine, input, &self.site, journal, &progress, interrupt).await;
            }
            let spent = begun.elapsed();
            progress.borrow().finish();
            let (site, stopped) = (Arc::clone(&self.site), stop.take());
            let name = file.input.table.name().to_owned();
            let settled = blocking(move || {
                let FileRun { input, results, journal, _lock } = file;
                let journal = Arc::into_inner(journal)
                    .context("the record of what became of the rows is still in use")?;
                settle(&input, &site, journal.into_endings()?, results, stopped)
            });
            match settled.await {
                Ok(settled) => {
                    code = code.gravest(settled.exit_code());
                    if !self.quiet {
                        tell::err(settled.told(&name, spent, &self.target, &self.id).trim_end());
                    }
                    stop = settled.stop;
                }
                Err(fault) => {
                    let message = format!("{name}: {fault:#}");
                    tell::err(&format!("rowpatch: {message}"));
                    code = code.gravest(ExitCode::StoppedEarly);
                    stop = Some(Stop { code: OwnCode::NotRecorded, message });
                }
            }
        }
        Ok(code)
    }
}

impl Settled {
    pub(super) fn exit_code(&self) -> ExitCode {
        let stop = self.stop.as_ref().map_or(ExitCode::Done, |stop| ExitCode::of_stop(stop.code));
        ExitCode::of_rows(&self.tally).gravest(stop)
    }

    fn told(&self, name: &str, spent: Duration, target: &Target, run_id: &str) -> String {
        let updated = self.tally.rows(Status::Updated);
        let verdict = format!(
            "{name}: {updated} of {} rows updated in {} at {} (run {run_id}).",
            self.tally.total(),
            target.data_source,
            target.base_url
        );
        let requested =
            updated + self.tally.rows(Status::Failed) + self.tally.rows(Status::Unconfirmed);
        let facts = Facts {
            findings: None,
            sending: (requested > 0).then_some((spent, requested)),
            stopped: self.stop.as_ref().map(|stop| stop.message.as_str()),
            files: &self.files,
            verdict: &verdict,
        };
        summary(&self.tally, &facts) + &self.way_on()
    }

    /// What is told of a run of which the results are written as they stand.
    pub(super) fn standing(&self, name: &str) -> String {
        let verdict = format!("{name}: {} left to do.", counted_are(self.left, "row"));
        let facts = Facts { files: &self.files, verdict: &verdict, ..Facts::default() };
        summary(&self.tally, &facts) + &self.way_on()
    }

    fn way_on(&self) -> String {
        if self.left == 0 {
            String::new()
        } else {
            "\nGive --resume to go on with the rows that are left.".into()
        }
    }
}

fn audience(quiet: bool) -> Audience {
    match (quiet, stderr().is_terminal()) {
        (true, _) => Audience::Nobody,
        (false, true) => Audience::Terminal,
        (false, false) => Audience::Plain,
    }
}
