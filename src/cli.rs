//! The words that a person may type. No logic, and no defaults: those stand in the configuration.

#![allow(
    rustdoc::broken_intra_doc_links,
    reason = "the comment of a flag is its help too, which is no Markdown"
)]

mod examples;
mod export;
mod plan;
mod report;
mod sandbox;
mod set_up;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use export::ExportArgs;
pub use plan::{Look, PlanArgs, UndoArgs};
pub use report::ReportArgs;
pub use sandbox::SandboxArgs;
pub use set_up::{CompletionsArgs, DoctorArgs, InitArgs};

use crate::config::Typed;

/// Updates ERP records in bulk from a spreadsheet, and says of every row what became of it.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true, after_help = examples::ALL)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a config.toml to fill in
    #[command(after_help = examples::INIT)]
    Init(InitArgs),
    /// Try the set-up step by step: configuration, address, TLS, login, folder; touch no record
    #[command(after_help = examples::DOCTOR)]
    Doctor(DoctorArgs),
    /// Read and validate, offline; send nothing (the same as update --dry-run)
    #[command(after_help = examples::CHECK)]
    Check(CheckArgs),
    /// Ask the endpoint for what records hold now, and show what would change; change nothing
    #[command(after_help = examples::PLAN)]
    Plan(PlanArgs),
    /// Send every row as an update, and write what became of it
    #[command(after_help = examples::UPDATE)]
    Update(UpdateArgs),
    /// Take back what a run changed, where nobody has changed it since
    #[command(after_help = examples::UNDO)]
    Undo(UndoArgs),
    /// Write records of the endpoint into a spreadsheet, to edit and feed back
    #[command(after_help = export::ENDING)]
    Export(ExportArgs),
    /// Update from every file that waits in the inbox of [import], with nobody watching
    #[command(after_help = examples::IMPORT)]
    Import(ImportArgs),
    /// Make a page to look at, or a workbook, from the results of an earlier run
    #[command(after_help = report::ENDING)]
    Report(ReportArgs),
    /// Show a sheet as rowpatch reads it, as CSV on standard output, from cell A1
    #[command(after_help = examples::SHOW)]
    Show(ShowArgs),
    /// List the fields that a column may name, with their limits
    #[command(after_help = examples::FIELDS)]
    Fields(FieldsArgs),
    /// Write an empty .csv or .xlsx to fill in
    #[command(after_help = examples::TEMPLATE)]
    Template(TemplateArgs),
    /// Serve a local stand-in of the endpoint, to rehearse on
    #[command(after_help = examples::SANDBOX)]
    Sandbox(SandboxArgs),
    /// Write what a shell needs to complete verbs, flags and file names
    #[command(after_help = examples::COMPLETIONS)]
    Completions(CompletionsArgs),
}

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The spreadsheets: .csv, .tsv, .txt, .xlsx, .xlsm, .xls, .xlsb, .ods, or - for CSV on standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What may stand in the file and the environment, too.
    #[command(flatten)]
    pub typed: Typed,
    /// What stands on the command line only.
    #[command(flatten)]
    pub only: CheckOnly,
}

/// What `check` takes from the command line only.
#[derive(Debug, Args)]
pub struct CheckOnly {
    /// The configuration; without it ./config.toml, then the one beside the program
    #[arg(long, value_name = "FILE", help_heading = "Where to")]
    pub config: Option<PathBuf>,
    /// Write results (and rejects beside them) to this file, as a workbook if it ends in .xlsx; - is standard output
    #[arg(long, value_name = "PATH", help_heading = "What to tell")]
    pub results: Option<PathBuf>,
    /// List every finding, not only the first 50 of a file
    #[arg(long, help_heading = "What to tell")]
    pub all: bool,
    /// Leave out cells that are equal to those of an export or of last night's file
    #[arg(long, value_name = "FILE", help_heading = "What to read")]
    pub baseline: Option<PathBuf>,
    /// How findings are listed: text for people, or json, one object a line
    #[arg(long, value_name = "FORMAT", help_heading = "What to tell")]
    pub format: Option<Format>,
}

/// How findings are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// `update`.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// The spreadsheets: .csv, .tsv, .txt, .xlsx, .xlsm, .xls, .xlsb, .ods, or - for CSV on standard input
    #[arg(required_unless_present = "plan", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What may stand in the file and the environment, too.
    #[command(flatten)]
    pub typed: Typed,
    /// What stands on the command line only.
    #[command(flatten)]
    pub only: UpdateOnly,
}

/// What `update` takes from the command line only.
#[derive(Debug, Args)]
pub struct UpdateOnly {
    /// The configuration; without it ./config.toml, then the one beside the program
    #[arg(long, value_name = "FILE", help_heading = "Where to")]
    pub config: Option<PathBuf>,
    /// Rehearse: send to a sandbox that lives in this process, with no server and no account
    #[arg(long, help_heading = "Where to")]
    pub sandbox: bool,
    /// Do everything but send
    #[arg(long, help_heading = "How to send")]
    pub dry_run: bool,
    /// What is looked at before anything is sent.
    #[command(flatten)]
    pub look: Look,
    /// Send only the first N rows of the files: a careful first step
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "What to read")]
    pub limit: Option<u64>,
    /// What to do about a run that was interrupted.
    #[command(flatten)]
    pub earlier: Earlier,
    /// Write results (and rejects beside them) to this file, as a workbook if it ends in .xlsx; - is standard output; without it
    /// FILE.results.csv beside the input (in a rehearsal FILE.rehearsal.csv)
    #[arg(long, value_name = "PATH", help_heading = "What to tell")]
    pub results: Option<PathBuf>,
    /// Write a page of the run to this file, as in report.html, to look at in a browser
    #[arg(long, value_name = "PATH", conflicts_with = "dry_run", help_heading = "What to tell")]
    pub report: Option<PathBuf>,
    /// Do not ask before sending
    #[arg(long, help_heading = "How to send")]
    pub yes: bool,
}

/// `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What may stand in the file and the environment, too.
    #[command(flatten)]
    pub typed: Typed,
    /// The configuration; without it ./config.toml, then the one beside the program
    #[arg(long, value_name = "FILE", help_heading = "Where to")]
    pub config: Option<PathBuf>,
}

/// What is to be done about a run of the same file that left rows to do.
#[derive(Debug, Args)]
pub struct Earlier {
    /// Continue the run that was interrupted; where there is none, begin one. With --dry-run: write its
    /// results as they stand, and send nothing
    #[arg(long, conflicts_with = "start_over", help_heading = "After an interruption")]
    pub resume: bool,
    /// Leave the run that was interrupted (its record is kept under a dated name), and begin again
    #[arg(long, help_heading = "After an interruption")]
    pub start_over: bool,
}

/// `show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The spreadsheet, or - for CSV on standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// A workbook's sheet; without it the first visible one
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The encoding of a text file; without it, it is found by content
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
}

/// `fields`.
#[derive(Debug, Args)]
pub struct FieldsArgs {
    /// How they are listed: text for people, csv for a spreadsheet, or json
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<TableFormat>,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
    /// For spreadsheets.
    Csv,
}

/// `template`.
#[derive(Debug, Args)]
pub struct TemplateArgs {
    /// The file to write; its ending, .csv or .xlsx, says which kind
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
}

/// The keys of the flags that may stand neither in the file nor in the environment.
#[must_use]
pub fn command_line_only() -> Vec<String> {
    let command = UpdateOnly::augment_args(clap::Command::new("update"));
    command.get_arguments().map(|flag| flag.get_id().to_string()).collect()
}
