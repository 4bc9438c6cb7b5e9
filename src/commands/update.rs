//! `update`: the main job.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use jiff::Timestamp;

use super::blocking::{blocking, verb};
use super::check::{Asked, judge_files};
use super::confirm::{Person, confirm, credentials};
use super::file_run::{FileRun, Places};
use super::interrupt::Interrupt;
use super::results::for_one_file;
use super::run::Run;
use super::survey::{self, Input, Purpose, Survey};
use super::tell;
use crate::cli::{Format, UpdateArgs, command_line_only};
use crate::config::{Config, Destination, Environment, Settings};
use crate::erp::ErpEndpoint;
use crate::exit::ExitCode;
use crate::model::record::CUSTOMER_CONTACT;
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
    for_one_file(&args.files, args.only.results.as_deref())?;
    if args.only.dry_run {
        let flag = Arc::clone(interrupt.flag());
        let asked = Asked { results: args.only.results, limit, all: false, format: Format::Text };
        return verb(&interrupt, move || {
            judge_files(&args.files, &asked, &config, &settings, &flag)
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
        biased;
        () = interrupt.asked() => return Ok(ExitCode::Interrupted),
        prepared = blocking(move || plan.prepare(&files, &flag)) => prepared?,
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

impl Plan {
    /// Reads all files once, asks, and opens what will be written. Nothing if the person said no.
    fn prepare(mut self, files: &[PathBuf], cancelled: &AtomicBool) -> anyhow::Result<Option<Run>> {
        let inputs = self.survey(files, cancelled)?;
        if cancelled.load(Ordering::Relaxed)
            || !confirm(&self.config, &self.destination, &self.settings, &inputs, self.person)?
        {
            return Ok(None);
        }
        let secrets = std::mem::take(&mut self.destination.secrets);
        let Destination { target, limits, .. } = self.destination;
        let credentials = credentials(secrets, &target.user_name, self.person)?;
        let id = run_id();
        let agent = format!("rowpatch/{} (run {id})", env!("CARGO_PKG_VERSION"));
        let endpoint =
            ErpEndpoint::new(&target, &credentials, &CUSTOMER_CONTACT, limits.concurrency, &agent)?;
        let places = Places { results: self.results.as_deref(), rehearsal: self.rehearsal };
        let files = inputs.into_iter().map(|input| FileRun::open(input, places, &target, &id));
        let files = files.collect::<anyhow::Result<_>>()?;
        let Settings { site, quiet, .. } = self.settings;
        let site = Arc::new(site);
        Ok(Some(Run { id, site, quiet, target, endpoint, credentials, limits, files }))
    }

    fn survey(&self, files: &[PathBuf], cancelled: &AtomicBool) -> anyhow::Result<Vec<Input>> {
        let tables = survey::open_all(files, &self.settings, &CUSTOMER_CONTACT)?;
        let mut left = self.limit;
        let mut inputs = Vec::new();
        for (path, table) in files.iter().zip(tables) {
            let survey = Survey::of(
                &table,
                &self.settings.site,
                left,
                Purpose::Send,
                cancelled,
                &mut |_, _| ControlFlow::Continue(()),
            )?;
            left = left.saturating_sub(survey.rows);
            inputs.push(Input { path: path.clone(), table: Arc::new(table), survey });
        }
        Ok(inputs)
    }
}

/// Time and chance: runs can be told apart, and sorted.
fn run_id() -> String {
    format!("{}-{:06x}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ"), fastrand::u32(..1 << 24))
}
