//! The words of looking before leaping.

use std::path::PathBuf;

use clap::Args;

use super::Earlier;
use crate::config::Typed;

/// `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The spreadsheets: .csv, .tsv, .txt, .xlsx, .xlsm, .xls, .xlsb, .ods, or - for CSV on standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What may stand in the file and the environment, too.
    #[command(flatten)]
    pub typed: Typed,
    /// The configuration; without it ./config.toml, then the one beside the program
    #[arg(long, value_name = "FILE", help_heading = "Where to")]
    pub config: Option<PathBuf>,
    /// Leave out cells that are equal to those of an export or of last night's file
    #[arg(long, value_name = "FILE", help_heading = "What to read")]
    pub baseline: Option<PathBuf>,
    /// Write every change to this file, as CSV; - is standard output
    #[arg(long, value_name = "PATH", help_heading = "What to tell")]
    pub out: Option<PathBuf>,
}

/// What is looked at before a row is sent.
#[derive(Debug, Args)]
pub struct Look {
    /// Ask for what each record holds before it is sent: leave out rows that change nothing, and send only the
    /// fields that differ
    #[arg(long, help_heading = "How to send")]
    pub skip_unchanged: bool,
    /// Send exactly the changes of a list that plan --out wrote, each only while its field still holds what it
    /// held then; in place of FILE
    #[arg(long, value_name = "CHANGES", conflicts_with_all = ["files", "skip_unchanged"], help_heading = "What to read")]
    pub plan: Option<PathBuf>,
    /// Send only cells that differ from those of an export or of last night's file; a record that was updated since,
    /// by the stamps that an export has, is a conflict and not sent
    #[arg(long, value_name = "FILE", conflicts_with = "plan", help_heading = "What to read")]
    pub baseline: Option<PathBuf>,
    /// Ask for what each record holds before it is sent, and list every change (FILE.changes.csv), so that it can
    /// be taken back; a target with live = true does so by itself
    #[arg(long, conflicts_with = "no_changes", help_heading = "What to tell")]
    pub changes: bool,
    /// List no changes, also of a live target
    #[arg(long, help_heading = "What to tell")]
    pub no_changes: bool,
}

/// An undo has no dry run, which the help of the flag speaks of elsewhere.
const RESUME_UNDO: &str = "Continue the undo that was interrupted; where there is none, begin one";

/// `undo`.
#[derive(Debug, Args)]
#[command(mut_arg("resume", |flag| flag.help(RESUME_UNDO)))]
pub struct UndoArgs {
    /// The list of changes that a run wrote: FILE.changes.csv
    #[arg(value_name = "CHANGES")]
    pub changes: PathBuf,
    /// What may stand in the file and the environment, too.
    #[command(flatten)]
    pub typed: Typed,
    /// The configuration; without it ./config.toml, then the one beside the program
    #[arg(long, value_name = "FILE", help_heading = "Where to")]
    pub config: Option<PathBuf>,
    /// What to do about an undo that was interrupted.
    #[command(flatten)]
    pub earlier: Earlier,
    /// Write results (and rejects beside them) to this file, as a workbook if it ends in .xlsx; without it CHANGES.results.csv
    #[arg(long, value_name = "PATH", help_heading = "What to tell")]
    pub results: Option<PathBuf>,
    /// Write a page of the undo to this file, as in report.html, to look at in a browser
    #[arg(long, value_name = "PATH")]
    pub report: Option<PathBuf>,
    /// Do not ask before sending
    #[arg(long, help_heading = "How to send")]
    pub yes: bool,
}
