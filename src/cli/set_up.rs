//! The words of the verbs that set rowpatch up.

use std::path::PathBuf;

use clap::Args;

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

/// What doctor's help ends with.
pub(super) const DOCTOR_ENDING: &str =
    "Each step is one line: ok, FAILED or skipped. At most one login is sent, and no update.

Exit codes: 0 nothing failed, 2 the configuration, the password or the folder is at fault,
3 the endpoint or the login is, 130 interrupted.";
