//! The words of taking records out.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::config::Typed;

/// `export`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("records").args(["criteria", "like"]).required(true).multiple(true)))]
pub struct ExportArgs {
    /// Only records whose field is like this, in the notation of the endpoint, as in `CITY=S%`; may be given several
    /// times: a record must be like all of them
    #[arg(long = "where", value_name = "FIELD=VALUE", help_heading = "What to export")]
    pub criteria: Vec<String>,
    /// The records whose keys stand in this sheet, in its order; its other columns are not read
    #[arg(long, value_name = "FILE", conflicts_with = "criteria", help_heading = "What to export")]
    pub like: Option<PathBuf>,
    /// Only these fields, beside the keys and the stamps of the last update; without it, all
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', help_heading = "What to export")]
    pub fields: Vec<String>,
    /// The file to write, .xlsx or .csv; - is CSV on standard output; without it export.xlsx
    #[arg(long, value_name = "PATH", help_heading = "What to export")]
    pub out: Option<PathBuf>,
    /// What may stand in the file and the environment, too.
    #[command(flatten)]
    pub typed: Typed,
    /// The configuration; without it ./config.toml, then the one beside the program
    #[arg(long, value_name = "FILE", help_heading = "Where to")]
    pub config: Option<PathBuf>,
}

/// What the help of export ends with.
pub(super) const ENDING: &str = "Examples:
  rowpatch export --where CUSTOMER_ID=ACME
  rowpatch export --where \"CUSTOMER_ID=IN ACME,ALPINE\" --where STATE=CA --out contacts.xlsx
  rowpatch export --like contacts.csv --fields CITY,STATE,ZIP_CODE --out before.csv

Keep the export as it is, edit a copy of it, and give both: update COPY --baseline EXPORT sends the
cells that you changed, and nothing else.
Exit codes: 0 all was found, 1 some or all was not, 2 usage, configuration or an unreadable file,
3 stopped early, 4 another run is going on, 130 interrupted.";
