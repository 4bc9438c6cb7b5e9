//! The words of the page.

use std::path::PathBuf;

use clap::Args;

/// `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The results of an earlier run: FILE.results.csv
    #[arg(value_name = "RESULTS")]
    pub results: PathBuf,
    /// The page to write, a name that ends in .html; without it the name of the results with that ending
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
}

/// What the help of report ends with.
pub(super) const ENDING: &str = "Examples:
  rowpatch report contacts.xlsx.results.csv
  rowpatch report contacts.xlsx.results.csv --out monday.html

The page is one file that loads nothing, for any browser. What was sent where, when and by which file is
taken from the account of the run (contacts.xlsx.run.json) beside the results; without it the page
says so. A page that stands in the way is kept under a dated name.";
