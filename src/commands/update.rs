//! `update`: the main job.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use jiff::Timestamp;

use super::blocking::{blocking, verb};
use super::check::{Asked, judge_files};
use super::confirm::{Person, confirm, credentials};
use super::earlier::{self, Wish};
use super::file_run::{FileRun, Places, Prepared};
use super::interrupt::Interrupt;
use super::lock::Lock;
use super::results::for_one_file;
use super::run::Run;
use super::survey::{self, Input, Purpose, Survey};
use super::tell;
use crate::checks::Verdict;
use crate::cli::{Format, UpdateArgs, command_line_only};
use crate::config::{Config, Destination, Environment, Settings};
use crate::erp::ErpEndpoint;
use crate::exit::ExitCode;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Row;
use crate::model::rules::SiteRules;
use crate::sandbox::{DATA_SOURCE, PASSWORD, Sandbox, Setup, USER_NAME};
use crate::sheet::Table;

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
    let wish = match (args.only.earlier.resume, args.only.earlier.start_over) {
        (true, _) => Wish::Resume,
        (false, true) => Wish::StartOver,
        (false, false) => Wish::Unsaid,
    };
    for_one_file(&args.files, args.only.results.as_deref())?;
    if args.only.dry_run {
        let flag = Arc::clone(interrupt.flag());
        let asked = Asked { results: args.only.results, limit, all: false, format: Format::Text };
        let judge = if wish == Wish::Resume { as_they_stand } else { judge_files };
        return verb(&interrupt, move || judge(&args.files, &asked, &config, &settings, &flag))
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
        wish,
    };
    let files = args.files;
    let flag = Arc::clone(interrupt.flag());
    let prepared = tokio::select! {
        biased;
        () = interrupt.asked() => return Ok(ExitCode::Interrupted),
        prepared = blocking(move || plan.prepare(&files, &flag)) => prepared?,
    };
    match prepared {
        Ok(run) => run.send(&interrupt).await,
        Err(code) => Ok(code),
    }
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
    wish: Wish,
}

impl Plan {
    /// Reads all files once, asks, and opens what will be written; how the program ends if the person said
    /// no, or if nothing is left to send.
    fn prepare(
        mut self,
        files: &[PathBuf],
        cancelled: &AtomicBool,
    ) -> anyhow::Result<Result<Run, ExitCode>> {
        let first = files.first().map_or(Path::new(""), PathBuf::as_path);
        // A sandbox of its own has no other run to keep away.
        let lock = (!self.rehearsal)
            .then(|| Lock::of_target(&self.destination.target, first))
            .transpose()?;
        let (inputs, finished) = self.survey(files, cancelled)?;
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
        let secrets = std::mem::take(&mut self.destination.secrets);
        let Destination { target, limits, .. } = self.destination;
        let credentials = credentials(secrets, &target.user_name, self.person)?;
        let id = run_id();
        let agent = format!("rowpatch/{} (run {id})", env!("CARGO_PKG_VERSION"));
        let endpoint =
            ErpEndpoint::new(&target, &credentials, &CUSTOMER_CONTACT, limits.concurrency, &agent)?;
        let places = Places { results: self.results.as_deref(), rehearsal: self.rehearsal };
        let Settings { site, quiet, .. } = self.settings;
        let open = |prepared| FileRun::open(prepared, places, &target, &site, &id);
        let files = inputs.into_iter().map(open).collect::<anyhow::Result<_>>()?;
        let site = Arc::new(site);
        Ok(Ok(Run {
            id,
            site,
            quiet,
            target,
            endpoint,
            credentials,
            limits,
            files,
            finished,
            _lock: lock,
        }))
    }

    /// Keeps other runs away, reads all rows once, and finds the runs that are to be continued.
    fn survey(
        &self,
        files: &[PathBuf],
        cancelled: &AtomicBool,
    ) -> anyhow::Result<(Vec<Prepared>, ExitCode)> {
        let places = self.places();
        let tables = survey::open_all(files, &self.settings, &CUSTOMER_CONTACT)?;
        let mut locks = Vec::new();
        for file in files {
            locks.push(places.lock(file)?);
            earlier::refuse(file, places, self.wish)?;
        }
        let mut left = self.limit;
        let (mut prepared, mut finished) = (Vec::new(), ExitCode::Done);
        for ((path, table), lock) in files.iter().zip(tables).zip(locks) {
            let mut input = survey_of(path, table, &self.settings.site, left, cancelled)?;
            left = left.saturating_sub(input.survey.rows);
            let (site, target) = (&self.settings.site, Some(&self.destination.target));
            let earlier = earlier::find(&mut input, places, target, site, self.wish)?;
            let target = &self.destination.target;
            let done = || earlier::finished(&input, places, target, site, self.wish);
            match earlier.is_none().then(done).flatten() {
                Some(code) => finished = finished.gravest(code),
                None => prepared.push(Prepared { input, earlier, lock }),
            }
        }
        Ok((prepared, finished))
    }

    fn places(&self) -> Places<'_> {
        Places { results: self.results.as_deref(), rehearsal: self.rehearsal }
    }
}

fn survey_of(
    path: &Path,
    table: Table,
    site: &SiteRules,
    limit: u64,
    cancelled: &AtomicBool,
) -> anyhow::Result<Input> {
    let look = &mut |_: Row<'_>, _: &Verdict| ControlFlow::Continue(());
    let survey = Survey::of(&table, site, limit, Purpose::Send, cancelled, look)?;
    Ok(Input { path: path.to_owned(), table: Arc::new(table), survey, done: 0 })
}

/// Writes the results of interrupted runs as they stand; files without such a run are only checked.
fn as_they_stand(
    files: &[PathBuf],
    asked: &Asked,
    config: &Config,
    settings: &Settings,
    cancelled: &AtomicBool,
) -> anyhow::Result<ExitCode> {
    let places = Places { results: asked.results.as_deref(), rehearsal: false };
    let mut code = ExitCode::Done;
    for (path, table) in files.iter().zip(survey::open_all(files, settings, &CUSTOMER_CONTACT)?) {
        let name = table.name().to_owned();
        let input = survey_of(path, table, &settings.site, u64::MAX, cancelled)?;
        let of_file = if let Some(settled) = earlier::as_it_stands(input, places, &settings.site)? {
            tell::err(settled.standing(&name).trim_end());
            ExitCode::of_rows(&settled.tally)
        } else {
            judge_files(std::slice::from_ref(path), asked, config, settings, cancelled)?
        };
        code = code.gravest(of_file);
    }
    Ok(code)
}

/// Time and chance: runs can be told apart, and sorted.
fn run_id() -> String {
    format!("{}-{:06x}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ"), fastrand::u32(..1 << 24))
}
