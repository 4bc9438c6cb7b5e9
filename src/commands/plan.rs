//! `plan`: the endpoint is asked for what records hold now, and what would change is shown. Nothing is sent.
//!
//! It goes the way of a run up to the point where a row would be sent: a judge ends every row there.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};

use super::about;
use super::baseline_read::Compare;
use super::blocking::{blocking, unless_interrupted};
use super::confirm::Person;
use super::connection::Connection;
use super::file_run::header;
use super::interrupt::Interrupt;
use super::lock::Lock;
use super::looking::Planning;
use super::pipeline::Repeated;
use super::plan_told::{PlanOutput, PlanTold};
use super::prepare::survey_of;
use super::results_path::for_one_file;
use super::send::{Until, send};
use super::survey::{self, Input, is_same_file};
use super::{logging, tell};
use crate::cli::{PlanArgs, command_line_only};
use crate::config::{Config, Environment, Settings};
use crate::engine::Journal;
use crate::exit::ExitCode;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::rules::SiteRules;
use crate::preview::Pretended;
use crate::report::{Doing, Reading, names};

/// Reads, asks the endpoint, and tells.
pub(super) async fn run(args: PlanArgs, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    let flag = Arc::clone(interrupt.flag());
    let Some(prepared) = unless_interrupted(&interrupt, move || prepare(&args, &flag)).await else {
        return Ok(ExitCode::Interrupted);
    };
    let prepared = prepared?;
    match prepared {
        Some(planner) => planner.plan(&interrupt).await,
        None => Ok(ExitCode::Interrupted),
    }
}

/// Everything that a plan needs: the rows are read and judged, and the way to the endpoint is open.
struct Planner {
    connection: Connection,
    site: Arc<SiteRules>,
    inputs: Vec<Input>,
    output: PlanOutput,
}

fn prepare(args: &PlanArgs, cancelled: &AtomicBool) -> anyhow::Result<Option<Planner>> {
    let environment = Environment::of_process();
    let config =
        Config::load(&args.typed, args.config.as_deref(), environment, &command_line_only())?;
    logging::begin(&config)?;
    let settings = config.settings(&CUSTOMER_CONTACT)?;
    let destination = config.destination()?;
    for_out(args)?;
    let first = args.files.first().map_or(Path::new(""), PathBuf::as_path);
    let lock = Lock::of_target(&destination.target, first)?;
    let mut inputs = Vec::new();
    let reading = Reading::start(tell::audience(settings.quiet));
    let tables = survey::open_all(&args.files, &settings, &CUSTOMER_CONTACT, &reading)?;
    let baseline = Compare::from(args.baseline.clone()).read(&args.files, &settings, cancelled)?;
    for (path, table) in args.files.iter().zip(tables) {
        let (site, baseline) = (&settings.site, baseline.as_ref());
        inputs.push(survey_of(path, table, site, baseline, u64::MAX, cancelled, &reading)?);
    }
    drop(reading);
    if cancelled.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let Settings { site, quiet, .. } = settings;
    if !quiet {
        let target = about::target(&destination.target);
        let facts = about::settings(&config, &site).into_iter().chain(target);
        let sheets = inputs
            .iter()
            .flat_map(|input| about::sheet(&input.table).into_iter().chain(about::baseline(input)));
        let facts: Vec<_> = facts.chain(sheets).collect();
        tell::err(about::told(&facts, tell::err_screen()).trim_end());
    }
    let (out, target) = (args.out.as_deref(), &destination.target);
    let output = PlanOutput::begin(out, target, tell::out_screen(), quiet)?;
    let person = Person::at_hand();
    let connection =
        Connection::open("plan", destination, person, quiet, Some(lock))?.for_looking();
    Ok(Some(Planner { connection, site: Arc::new(site), inputs, output }))
}

/// Refuses a list that is no CSV by its name, that is for several files, or that would take the place of one that
/// is read.
fn for_out(args: &PlanArgs) -> anyhow::Result<()> {
    let Some(out) = args.out.as_deref() else { return Ok(()) };
    if !names::is_standard(out) && !names::is_csv(out) {
        bail!("{}: a plan is a CSV file; name a .csv with --out", out.display());
    }
    for_one_file(&args.files, Some(out), "--out")?;
    if let Some(read) = args.files.iter().chain(&args.baseline).find(|file| is_same_file(file, out))
    {
        bail!(
            "{}: the plan would take the place of {}, which is read; name another with --out",
            out.display(),
            read.display()
        );
    }
    Ok(())
}

impl Planner {
    async fn plan(self, interrupt: &Interrupt) -> anyhow::Result<ExitCode> {
        let Self { connection, site, inputs, mut output } = self;
        let mut engine = connection.engine(inputs.iter().map(Input::left).sum());
        let mut code = ExitCode::Done;
        for mut input in inputs {
            // What was found out of each row goes to disk, so that a plan has no end of rows.
            let folder = tempfile::tempdir().context("a folder for the plan cannot be made")?;
            let journal = Arc::new(journal(folder.path(), &connection, &input, &site)?);
            let mut judge = Planning {
                pretended: Pretended::default(),
                repeated: Repeated::of(&input.survey.first_read),
            };
            let progress = connection.progress(input.left(), Doing::Planning);
            let until = Until { interrupt, closes_at: None };
            let judge = Some(&mut judge as _);
            let stop =
                send(&mut engine, &mut input, &site, &journal, &progress, until, judge).await;
            drop(progress.into_inner().finish());
            let site = Arc::clone(&site);
            let told = blocking(move || {
                let journal = Arc::into_inner(journal).context("the plan is still in use")?;
                let endings = journal.into_endings()?;
                let told = PlanTold::of(&input, &site, endings, stop, &mut output)?;
                drop(folder);
                Ok::<_, anyhow::Error>((told, output))
            });
            let told = told.await?;
            output = told.1;
            code = code.gravest(told.0.exit_code());
            if told.0.is_stopped() {
                return Ok(code);
            }
        }
        output.finish()?;
        Ok(code)
    }
}

pub(super) fn journal(
    folder: &Path,
    connection: &Connection,
    input: &Input,
    site: &SiteRules,
) -> anyhow::Result<Journal> {
    let path = folder.join("plan.journal");
    let file = File::options().read(true).write(true).create_new(true).open(&path);
    let file = file.with_context(|| format!("{} cannot be written", path.display()))?;
    let rows = usize::try_from(input.left()).unwrap_or(0);
    let header = header(Some(&connection.target), input, site, &connection.id);
    Ok(Journal::begin(&path, file, &header, rows)?)
}
