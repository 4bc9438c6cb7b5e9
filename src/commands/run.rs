//! A run that may send: everything is read, checked, confirmed and open.

use std::sync::Arc;

use super::blocking::blocking;
use super::connection::Connection;
use super::file_run::{FileRun, mapped};
use super::interrupt::Interrupt;
use super::looking::judge;
use super::send::Until;
use super::settle::{Settled, settle};
use super::survey::Input;
use super::way_on::WayOn;
use super::{send, tell};
use anyhow::Context as _;
use jiff::Timestamp;
use tracing::info;

use crate::engine::{EarlierRows, Judge, Stop};
use crate::exit::ExitCode;
use crate::model::code::OwnCode;
use crate::model::counted::counted_are;
use crate::model::limits::Limits;
use crate::model::mapped::Look;
use crate::model::outcome::Status;
use crate::model::rules::SiteRules;
use crate::model::target::Target;
use crate::report::{Account, Doing, End, Facts, Sending, Source, summary};

/// A run that may send.
pub(super) struct Run {
    /// The way to the endpoint.
    pub(super) connection: Connection,
    /// How cells are read.
    pub(super) site: Arc<SiteRules>,
    /// The files in their order.
    pub(super) files: Vec<FileRun>,
    /// When the time for sending ends, if it does.
    pub(super) closes_at: Option<Timestamp>,
    /// What files earned that an earlier run had finished.
    pub(super) finished: ExitCode,
    /// Who goes on with rows that are left to do.
    pub(super) way_on: WayOn,
}

impl Run {
    /// Sends one file after the other. After a stop, the rows of the rest are told as not sent.
    pub(super) async fn send(self, interrupt: &Interrupt) -> anyhow::Result<ExitCode> {
        let (to_send, earlier) = counted(&self.files);
        let connection = &self.connection;
        let mut engine = connection.engine(to_send).after(earlier);
        let mut code = self.finished;
        let mut stop: Option<Stop> = None;
        for mut file in self.files {
            let rows = file.input.left();
            let progress = connection.progress(rows, doing(file.input.look));
            info!(run = connection.id, file = file.input.table.name(), rows, "a file is begun");
            let begun_at = Timestamp::now();
            if stop.is_none() && rows > 0 {
                let (input, journal) = (&mut file.input, &file.journal);
                let until = Until { interrupt, closes_at: self.closes_at };
                let mut judge = judge(input, journal);
                let judge = judge.as_mut().map(|judge| &mut **judge as &mut dyn Judge);
                stop = send::send(&mut engine, input, &self.site, journal, &progress, until, judge)
                    .await;
            }
            let sending = progress.into_inner().finish();
            // What stopped an earlier file is none of one of which nothing is left to send.
            let stopped = stop.clone().filter(|_| rows > 0);
            let site = Arc::clone(&self.site);
            let name = file.input.table.name().to_owned();
            let (target, limits) = (connection.target.clone(), connection.limits.clone());
            let run_id = connection.id.clone();
            let settled = blocking(move || {
                let account_of = |settled: &Settled, input: &Input| {
                    settled.account(&run_id, input, &site, (&target, &limits), begun_at, &sending)
                };
                Ok::<_, anyhow::Error>((file.settled(&site, stopped, account_of)?, sending))
            });
            match settled.await {
                Ok((settled, sending)) => {
                    let stopped = settled.stop.as_ref().map(|stop| stop.message.as_str());
                    info!(
                        run = connection.id,
                        file = name,
                        left = settled.left,
                        stopped,
                        "a file is ended"
                    );
                    code = code.gravest(settled.exit_code());
                    let (target, id) = (&connection.target, &connection.id);
                    let told = settled.told(&name, &sending, target, id, self.way_on);
                    tell::unless(connection.quiet, told.trim_end());
                    stop = stop.or(settled.stop);
                }
                Err(fault) => {
                    let message = format!("{name}: {fault:#}");
                    tell::err(&format!(
                        "rowpatch: {message}\nWhat became of its rows is recorded: {}",
                        self.way_on.when_mended()
                    ));
                    code = code.gravest(ExitCode::StoppedEarly);
                    stop = Some(Stop { code: OwnCode::NotRecorded, message });
                }
            }
        }
        Ok(code)
    }
}

/// How many rows a run of these files sends in all its legs, and what those say of the endpoint that have ended.
fn counted(files: &[FileRun]) -> (u64, EarlierRows) {
    let inputs = || files.iter().map(|file| &file.input);
    let earlier = inputs().map(|input| input.ended).reduce(EarlierRows::and);
    (inputs().map(|input| input.survey.to_send).sum(), earlier.unwrap_or_default())
}

fn doing(look: Look) -> Doing {
    match look {
        Look::Unseen => Doing::Updating,
        _ => Doing::LookingFirst,
    }
}

impl FileRun {
    /// Tells what became of the file in all that is written of it.
    fn settled(
        self,
        site: &SiteRules,
        stopped: Option<Stop>,
        account_of: impl FnOnce(&Settled, &Input) -> Account,
    ) -> anyhow::Result<Settled> {
        let Self { input, results, journal, account: (path, replace), page, _lock } = self;
        let journal = Arc::into_inner(journal)
            .context("the record of what became of the rows is still in use")?;
        let mut settled = settle(&input, site, journal.into_endings()?, results, stopped)?;
        let account = account_of(&settled, &input);
        let placed = account.write(&path, replace)?;
        if placed.elsewhere {
            // What looks for it would find an earlier one, or none.
            settled.files.extend(tell::placed("Account", &placed));
        }
        if let Some(page) = page {
            settled.files.extend(page.finish(settled.results.as_deref(), &account));
        }
        settled.close()?;
        Ok(settled)
    }
}

impl Settled {
    pub(super) fn exit_code(&self) -> ExitCode {
        let stop = self.stop.as_ref().map_or(ExitCode::Done, |stop| ExitCode::of_stop(stop.code));
        ExitCode::of_rows(&self.tally).gravest(stop)
    }

    /// The account of the file in a run of this id that began then.
    pub(super) fn account(
        &self,
        run_id: &str,
        input: &Input,
        site: &SiteRules,
        to: (&Target, &Limits),
        begun_at: Timestamp,
        sending: &Sending,
    ) -> Account {
        let end = End {
            tally: &self.tally,
            times: &self.times,
            sending,
            begun_at,
            stopped: self.stop.as_ref().map(|stop| stop.message.as_str()),
            left_to_do: self.left,
            exit_code: self.exit_code().number(),
        };
        let (table, survey) = (&input.table, &input.survey);
        let source = Source {
            file: table.name().to_owned(),
            sheet: table.origin().sheet.clone(),
            sha256_of_rows: survey.first_read.fingerprint.whole().to_string(),
            rows: survey.rows,
        };
        Account::new(run_id, source, mapped(input, site), to, &end)
    }

    fn told(
        &self,
        name: &str,
        sending: &Sending,
        target: &Target,
        run_id: &str,
        way_on: WayOn,
    ) -> String {
        let updated = self.tally.rows(Status::Updated);
        let verdict = format!(
            "{name}: {updated} of {} rows updated in {} (run {run_id}).",
            self.rows,
            target.books()
        );
        let facts = Facts {
            stored_otherwise: &self.stored_otherwise,
            sending: Some(sending),
            stopped: self.stop.as_ref().map(|stop| stop.message.as_str()),
            files: &self.files,
            verdict: &verdict,
            ..Facts::default()
        };
        summary(&self.tally, &facts) + self.left_to(way_on)
    }

    /// What is told of a run of which the results are written as they stand.
    pub(super) fn standing(&self, name: &str, way_on: WayOn) -> String {
        let verdict = format!("{name}: {} left to do.", counted_are(self.left, "row"));
        let facts = Facts {
            stored_otherwise: &self.stored_otherwise,
            files: &self.files,
            verdict: &verdict,
            ..Facts::default()
        };
        summary(&self.tally, &facts) + self.left_to(way_on)
    }

    fn left_to(&self, way_on: WayOn) -> &'static str {
        match (self.left, self.is_whole, way_on) {
            (0, _, _) => "",
            (_, false, WayOn::Resume) => {
                "When the file holds again what it held, give --resume to go on with the rows that are left; --start-over sends all rows of the file as it is then."
            }
            _ => way_on.told(),
        }
    }
}
