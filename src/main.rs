//! The process: what was typed goes in, an exit code comes out.

use std::process::ExitCode;

use clap::Parser as _;
use rowpatch::cli::Cli;
use rowpatch::commands::{self, own_fault};
use rowpatch::exit;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            // Nothing is left to tell it to if the terminal is gone.
            let _ = told.print();
            return u8::try_from(told.exit_code())
                .unwrap_or(exit::ExitCode::NothingSent.number())
                .into();
        }
    };
    own_fault::guarded(|| commands::run(cli).unwrap_or_else(|fault| commands::tell_fault(&fault)))
        .into()
}
