//! `update`: the main job.

use std::cell::RefCell;
use std::fs::File;
use std::io::{IsTerminal as _, stderr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::blocking::{blocking, verb};
use super::confirm::{Person, confirm, credentials};
use super::interrupt::Interrupt;
use super::results::{ResultsFiles, results_path};
use super::settle::{Settled, settle};
use super::survey::{self, Input, Purpose, Survey};
use super::{check, send, tell};
use crate::cli::{UpdateArgs, command_line_only};
use crate::config::{Config, Destination, Environment, Settings};
use crate::engine::{Engine, Header, Journal, Stop};
use crate::erp::ErpEndpoint;
use crate::exit::ExitCode;
use crate::model::outcome::Status;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::target::Target;
use crate::report::{Audience, Facts, Progress, Replace, move_aside, names, summary};
use crate::sandbox::{DATA_SOURCE, PASSWORD, Sandbox, Setup, USER_NAME};

/// Reads, asks, sends, and tells what became of every row.
pub(super) async fn run(args: UpdateArgs, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    let config = Config::load(
        &args.typed,
        args.only.config.as_deref(),
        Environment::of_process(),
        &command_line_only(),
    )?;
    let settings = config.settings(&CUSTOMER_CONTACT)?;
    let limit = args.only.limit.unwrap_or(u64::MAX);
    if args.only.results.is_some() && args.files.len() > 1 {
        bail!(
            "--results names one file, and {} files are to be read; leave it out, or run them one by one",
            args.files.len()
        );
    }
    if args.only.dry_run {
        let flag = Arc::clone(interrupt.flag());
        return verb(&interrupt, move || {
            check::judge_files(&args.files, args.only.results.as_deref(), &settings, limit, &flag)
        })
        .await;
    }
    let person = Person::find(args.only.yes, &args.files)?;
    let sandbox = args
        .only
        .sandbox
        .then(|| Sandbox::start(Setup { record: false, ..Setup::default() }))
        .transpose();
    let sandbox = sandbox.context("the sandbox cannot be started")?;
    let destination = match &sandbox {
        Some(sandbox) => config.rehearsal(&sandbox.base_url(), DATA_SOURCE, USER_NAME, PASSWORD),
        None => config.destination()?,
    };
    let plan = Plan {
        config,
        settings,
        destination,
        person,
        limit,
        rehearsal: sandbox.is_some(),
        results: args.only.results,
    };
    let files = args.files;
    let flag = Arc::clone(interrupt.flag());
    let prepared = tokio::select! {
        prepared = blocking(move || plan.prepare(&files, &flag)) => prepared?,
        () = interrupt.asked() => return Ok(ExitCode::Interrupted),
    };
    let Some(run) = prepared else {
        tell::err("Nothing was sent.");
        return Ok(ExitCode::NothingSent);
    };
    run.send(&interrupt).await
}

/// What is to happen, before anything is read.
struct Plan {
    config: Config,
    settings: Settings,
    destination: Destination,
    person: Person,
    limit: u64,
    rehearsal: bool,
    results: Option<PathBuf>,
}

/// A run that may send: everything is read, checked, confirmed and open.
struct Run {
    id: String,
    settings: Settings,
    target: Target,
    endpoint: ErpEndpoint,
    credentials: crate::model::target::Credentials,
    limits: crate::model::limits::Limits,
    files: Vec<FileRun>,
}

/// One file of a run.
struct FileRun {
    input: Input,
    results: ResultsFiles,
    journal: Journal,
}

impl Plan {
    /// Reads all files once, asks, and opens what will be written. Nothing if the person said no.
    fn prepare(
        mut self,
        files: &[PathBuf],
        cancelled: &std::sync::atomic::AtomicBool,
    ) -> anyhow::Result<Option<Run>> {
        let inputs = self.survey(files, cancelled)?;
        if !confirm(&self.config, &self.destination, &self.settings, &inputs, self.person)? {
            return Ok(None);
        }
        let secrets = std::mem::take(&mut self.destination.secrets);
        let credentials = credentials(secrets, &self.destination.target.user_name, self.person)?;
        let id = run_id();
        let Destination { target, limits, .. } = &self.destination;
        let agent = format!("rowpatch/{} (run {id})", env!("CARGO_PKG_VERSION"));
        let endpoint =
            ErpEndpoint::new(target, &credentials, &CUSTOMER_CONTACT, limits.concurrency, &agent)?;
        let files =
            inputs.into_iter().map(|input| self.open(input, &id)).collect::<anyhow::Result<_>>()?;
        let Destination { target, limits, .. } = self.destination;
        Ok(Some(Run { id, settings: self.settings, target, endpoint, credentials, limits, files }))
    }

    fn survey(
        &self,
        files: &[PathBuf],
        cancelled: &std::sync::atomic::AtomicBool,
    ) -> anyhow::Result<Vec<Input>> {
        // All headers are settled before any file is read to its end.
        let open = |file: &PathBuf| survey::open(file, &self.settings, &CUSTOMER_CONTACT);
        let tables = files.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let mut left = self.limit;
        let mut inputs = Vec::new();
        for (path, table) in files.iter().zip(tables) {
            let survey = Survey::of(
                &table,
                &self.settings.clear_mark,
                left,
                Purpose::Send,
                cancelled,
                &mut |_, _| std::ops::ControlFlow::Continue(()),
            )?;
            left = left.saturating_sub(survey.rows);
            inputs.push(Input { path: path.clone(), table: Arc::new(table), survey });
        }
        Ok(inputs)
    }

    /// Opens results and the record of endings, so that a run that cannot tell is never begun.
    fn open(&self, input: Input, run_id: &str) -> anyhow::Result<FileRun> {
        let replace = if self.rehearsal { Replace::Own } else { Replace::MoveAside };
        let path = results_path(self.results.as_deref(), &input.path, self.rehearsal);
        let results =
            ResultsFiles::begin(path.as_deref(), &input.path, replace, input.table.layout())?;
        let journal_path = names::journal(path.as_deref(), &input.path);
        let header = header(&self.destination.target, &input, run_id);
        let journal =
            Journal::begin(&journal_path, create_private(&journal_path, replace)?, &header)?;
        Ok(FileRun { input, results, journal })
    }
}

impl Run {
    /// Sends one file after the other. After a stop, the rows of the rest are told as not sent.
    async fn send(self, interrupt: &Interrupt) -> anyhow::Result<ExitCode> {
        let to_send = self.files.iter().map(|file| file.input.survey.to_send).sum();
        let mut engine = Engine::new(&self.endpoint, &self.limits, &self.credentials, to_send);
        let progress =
            RefCell::new(Progress::start(to_send, self.limits.rate, audience(self.settings.quiet)));
        let mut code = ExitCode::Done;
        let mut stop: Option<Stop> = None;
        for mut file in self.files {
            let begun = Instant::now();
            if stop.is_none() && file.input.survey.to_send > 0 {
                let mark = &self.settings.clear_mark;
                stop = send::send(
                    &mut engine,
                    &mut file.input,
                    mark,
                    &mut file.journal,
                    &progress,
                    interrupt,
                )
                .await;
            }
            let spent = begun.elapsed();
            progress.borrow().finish();
            let (mark, stopped) = (self.settings.clear_mark.clone(), stop.take());
            let name = file.input.table.name().to_owned();
            let settled =
                blocking(move || settle(&file.input, &mark, file.journal, file.results, stopped))
                    .await;
            let settled = match settled {
                Ok(settled) => settled,
                Err(fault) => {
                    tell::err(&format!("rowpatch: {name}: {fault:#}"));
                    return Ok(ExitCode::StoppedEarly);
                }
            };
            code = code.gravest(settled.exit_code());
            if !self.settings.quiet {
                tell::err(settled.told(&name, spent, &self.target, &self.id).trim_end());
            }
            stop = settled.stop;
        }
        Ok(code)
    }
}

impl Settled {
    fn exit_code(&self) -> ExitCode {
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
            sending: (requested > 0).then_some((spent, requested)),
            stopped: self.stop.as_ref().map(|stop| stop.message.as_str()),
            files: &self.files,
            verdict: &verdict,
        };
        summary(&self.tally, &facts)
    }
}

fn audience(quiet: bool) -> Audience {
    match (quiet, stderr().is_terminal()) {
        (true, _) => Audience::Nobody,
        (false, true) => Audience::Terminal,
        (false, false) => Audience::Plain,
    }
}

/// Time and chance: runs can be told apart, and sorted.
fn run_id() -> String {
    format!("{}-{:06x}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ"), fastrand::u32(..1 << 24))
}

fn header(target: &Target, input: &Input, run_id: &str) -> Header {
    let columns = input.table.layout().columns.iter().map(|column| {
        let fields = column.sets.iter().flatten().map(|field| field.name.to_owned());
        (column.header.clone(), fields.collect())
    });
    Header {
        run_id: run_id.to_owned(),
        rows: input.survey.fingerprint.whole().to_string(),
        base_url: target.base_url.clone(),
        data_source: target.data_source.clone(),
        columns: columns.collect(),
    }
}

/// Creates a file that only the user can read; an earlier one is kept under a dated name, or
/// replaced if it is of a rehearsal.
fn create_private(path: &Path, replace: Replace) -> anyhow::Result<File> {
    match replace {
        Replace::MoveAside => drop(move_aside(path)?),
        Replace::Own => match std::fs::remove_file(path) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                return Err(fault)
                    .with_context(|| format!("{} cannot be replaced", path.display()));
            }
            _ => {}
        },
    }
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| {
        format!("{} cannot be written; name another folder with --results", path.display())
    })
}
