//! The words of what is made from results.

use std::path::PathBuf;

use clap::Args;

/// `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The results of an earlier run: FILE.results.csv
    #[arg(value_name = "RESULTS")]
    pub results: PathBuf,
    /// What to write: a page, if the name ends in .html, or a workbook of the results, if it ends in .xlsx; without
    /// it a page under the name of the results with .html at its end
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
}

/// What the help of report ends with.
pub(super) const ENDING: &str = "Examples:
  rowpatch report contacts.xlsx.results.csv
  rowpatch report contacts.xlsx.results.csv --out monday.html
  rowpatch report contacts.xlsx.results.csv --out monday.xlsx

The page is one file that loads nothing, for any browser. The workbook is the one that --results FILE.xlsx
of a run writes. What was sent where and from which file is taken from the account of the run
(contacts.xlsx.run.json) beside the results; without it page and workbook say so. A file that stands in
the way is kept under a dated name.";
