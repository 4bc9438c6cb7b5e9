//! `undo`: what a run changed is put back, where nobody has changed it since.
//!
//! It is an update from the list of changes that the run wrote, read backwards: each field is to hold what it held
//! before, as long as it still holds what the run stored.

use super::baseline_read::Compare;
use super::confirm::Person;
use super::connection::destination;
use super::earlier::Wish;
use super::gate::Gate;
use super::interrupt::Interrupt;
use super::logging;
use super::prepare::Plan;
use super::report::refuse_page;
use super::way_on::WayOn;
use crate::cli::{UndoArgs, command_line_only};
use crate::config::{Config, Environment};
use crate::engine::Pacer;
use crate::exit::ExitCode;
use crate::model::change::{BEFORE, STORED};
use crate::model::mapped::Look;
use crate::model::mapping::ChangeNames;
use crate::model::record::CUSTOMER_CONTACT;

/// Reads the list, asks, and sends.
pub(super) async fn run(args: UndoArgs, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let config =
        Config::load(&args.typed, args.config.as_deref(), environment, &command_line_only())?;
    logging::begin(&config)?;
    let mut settings = config.settings(&CUSTOMER_CONTACT)?;
    settings.read_changes(ChangeNames { before: STORED, after: BEFORE });
    let files = vec![args.changes];
    refuse_page(args.report.as_deref(), &files, args.results.as_deref())?;
    let person = Person::find(args.yes, &files)?;
    let Some(destination) = destination(&config, &interrupt).await? else {
        return Ok(ExitCode::Interrupted);
    };
    let plan = Plan {
        person,
        pacer: Pacer::new(destination.limits.rate),
        destination,
        config,
        settings,
        limit: u64::MAX,
        rehearsal: false,
        results: args.results,
        page: args.report,
        wish: Wish::of(&args.earlier),
        gate: Gate::default(),
        closes_at: None,
        look: Look::Compared,
        lists_changes: true,
        baseline: Compare::Nothing,
        way_on: WayOn::Resume,
    };
    plan.carry_out(files, &interrupt).await
}
