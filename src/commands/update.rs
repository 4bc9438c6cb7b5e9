//! `update`: the main job.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::blocking::verb;
use super::confirm::Person;
use super::connection::destination;
use super::earlier::Wish;
use super::gate::Gate;
use super::interrupt::Interrupt;
use super::judging::{Asked, as_they_stand, judge_files};
use super::logging;
use super::prepare::Plan;
use super::report::refuse_page;
use super::results_path::for_one_file;
use super::way_on::WayOn;
use crate::cli::{Format, UpdateArgs, command_line_only};
use crate::config::{Config, Environment};
use crate::engine::Pacer;
use crate::exit::ExitCode;
use crate::model::change::{AFTER, BEFORE};
use crate::model::mapped::Look;
use crate::model::mapping::ChangeNames;
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
    let mut settings = config.settings(&CUSTOMER_CONTACT)?;
    logging::begin(&config)?;
    let look = args.only.look;
    let is_list = look.plan.is_some();
    let files: Vec<PathBuf> = look.plan.iter().cloned().chain(args.files).collect();
    if is_list {
        settings.read_changes(ChangeNames { before: BEFORE, after: AFTER });
    }
    let limit = args.only.limit.unwrap_or(u64::MAX);
    let wish = Wish::of(&args.only.earlier);
    for_one_file(&files, args.only.results.as_deref(), "--results")?;
    refuse_page(args.only.report.as_deref(), &files, args.only.results.as_deref())?;
    if args.only.dry_run {
        let flag = Arc::clone(interrupt.flag());
        let (results, baseline) = (args.only.results, look.baseline);
        let format = Format::Text;
        let (baseline, way_on) = (baseline.into(), WayOn::Resume);
        let asked = Asked { results, limit, all: false, format, baseline, way_on, account: None };
        let judge = if wish == Wish::Resume { as_they_stand } else { judge_files };
        return verb(&interrupt, move || judge(&files, &asked, &config, &settings, &flag)).await;
    }
    let person = Person::find(args.only.yes, &files)?;
    let sandbox = args
        .only
        .sandbox
        .then(|| Sandbox::start(Setup { record: false, ..Setup::default() }))
        .transpose();
    let sandbox = sandbox.context("the sandbox cannot be started")?;
    let rehearsal =
        |sandbox: &Sandbox| config.rehearsal(&sandbox.base_url(), DATA_SOURCE, USER_NAME, PASSWORD);
    let destination = match &sandbox {
        Some(sandbox) => Some(rehearsal(sandbox)),
        None => destination(&config, &interrupt).await?,
    };
    let Some(destination) = destination else { return Ok(ExitCode::Interrupted) };
    let is_live = destination.target.live;
    let lists_changes = (look.changes || is_live) && !look.no_changes;
    let plan = Plan {
        config,
        settings,
        pacer: Pacer::new(destination.limits.rate),
        destination,
        person,
        limit,
        rehearsal: sandbox.is_some(),
        results: args.only.results,
        page: args.only.report,
        wish,
        gate: Gate::default(),
        closes_at: None,
        look: Look::of(is_list || look.skip_unchanged, lists_changes),
        lists_changes,
        baseline: look.baseline.into(),
        way_on: WayOn::Resume,
    };
    plan.carry_out(files, &interrupt).await
}
