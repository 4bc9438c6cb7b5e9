//! The words of the verbs that set rowpatch up.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The file to write; without it config.toml; - is standard output
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Which [targets.NAME] of the configuration to try; needed when there is more than one and no `default_target`
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// The configuration; without it ./config.toml, then the one beside the program
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell that is to complete
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}
