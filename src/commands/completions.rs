//! `completions`: what a shell needs to complete what is typed.

use anyhow::Context as _;
use clap::CommandFactory as _;

use super::blocking::tolerate_closed_pipe;
use crate::cli::{Cli, CompletionsArgs};
use crate::exit::ExitCode;

/// Writes the script of a shell to standard output.
pub(super) fn run(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    let written = std::io::Write::write_all(&mut std::io::stdout().lock(), &script);
    tolerate_closed_pipe(written).context("the completions cannot be written")?;
    Ok(ExitCode::Done)
}
