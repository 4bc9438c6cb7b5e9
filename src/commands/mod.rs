//! What a person can ask for, one file a verb: the only place where the rooms meet.

mod about;
mod baseline;
mod baseline_read;
mod blocking;
mod check;
mod check_verdict;
mod completions;
mod confirm;
mod connection;
mod doctor;
mod earlier;
mod elsewhere;
mod export;
mod export_fields;
mod export_found;
mod export_rows;
mod fields;
mod file_run;
mod gate;
mod import;
mod init;
mod interrupt;
mod judging;
mod list_shown;
mod list_target;
mod lock;
mod logging;
mod looking;
mod made_changes;
pub mod own_fault;
mod own_updates;
mod pipeline;
mod plan;
mod plan_told;
mod prepare;
mod question;
mod rejected_keys;
mod repeats;
mod report;
mod results;
mod results_path;
mod run;
mod sandbox;
mod send;
mod settle;
mod show;
mod standing;
mod stored_whole;
mod survey;
mod tell;
mod template;
mod undo;
mod update;
mod way_on;

use anyhow::Context as _;

use crate::cli::{Cli, Command};
use crate::exit::ExitCode;
use blocking::verb;
use interrupt::Interrupt;

/// Tells the one fault that kept a run from beginning; how the program ends for it.
#[must_use]
pub fn tell_fault(fault: &anyhow::Error) -> ExitCode {
    tell::err(&format!("rowpatch: {fault:#}"));
    if fault.is::<lock::Held>() { ExitCode::Held } else { ExitCode::NothingSent }
}

/// Does what the command line asks for.
///
/// The work stands on this thread's runtime, and what blocks (files, questions) on threads of
/// its own, so that an interruption is always heard. The second one ends the run at once.
///
/// # Errors
/// Whatever keeps the run from beginning: usage, configuration, an unreadable file.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the program could not be started")?;
    let code = runtime.block_on(async {
        let (interrupt, second) = interrupt::listen()?;
        tokio::select! {
            code = dispatch(cli, interrupt) => code,
            () = second => Ok(ExitCode::Interrupted),
        }
    });
    // A thread that waits for an answer at the keyboard must not keep the program alive.
    runtime.shutdown_background();
    question::abandon();
    code
}

async fn dispatch(cli: Cli, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Init(args) => verb(&interrupt, move || init::run(&args)).await,
        Command::Doctor(args) => doctor::run(args, interrupt).await,
        Command::Check(args) => check::run(args, interrupt).await,
        Command::Plan(args) => plan::run(args, interrupt).await,
        Command::Update(args) => Box::pin(update::run(args, interrupt)).await,
        Command::Undo(args) => undo::run(args, interrupt).await,
        Command::Export(args) => export::run(args, interrupt).await,
        Command::Import(args) => Box::pin(import::run(args, interrupt)).await,
        Command::Report(args) => verb(&interrupt, move || report::run(&args)).await,
        Command::Show(args) => verb(&interrupt, move || show::run(&args)).await,
        Command::Fields(args) => verb(&interrupt, move || fields::run(&args)).await,
        Command::Template(args) => verb(&interrupt, move || template::run(&args)).await,
        Command::Sandbox(args) => sandbox::run(args, interrupt).await,
        Command::Completions(args) => verb(&interrupt, move || completions::run(&args)).await,
    }
}
