//! `[import]`, checked and settled.

use std::path::{Path, PathBuf, is_separator};
use std::time::Duration;

use glob::Pattern;
use jiff::SignedDuration;

use super::fault::ConfigFault;
use super::layers::{COMMAND_LINE, ENVIRONMENT, Found, beside};
use super::program::Program;
use super::typed_tables::TypedImport;
use super::{Config, Settings};
use crate::model::limits::MaxFailures;
use crate::model::record::RecordType;
use crate::model::window::Window;

/// How long a file must not have changed before it is taken, if nobody says.
const SETTLE_TIME: Duration = Duration::from_secs(2);

/// What stands for the last file that was sent.
const LAST: &str = "last";

/// What is imported with nobody watching.
#[derive(Clone, Debug)]
pub struct Import {
    /// The folder that files come into.
    pub inbox: PathBuf,
    /// Which of its files are meant, by name.
    pub files: Pattern,
    /// Where the folders of files go that went well.
    pub archive: PathBuf,
    /// Where the folders of the others go.
    pub failed: PathBuf,
    /// Fewer files than this are a failure.
    pub expect_files: u64,
    /// What a file must be like to be sent.
    pub guards: Guards,
    /// When rows may be sent; always, if nobody says.
    pub window: Option<Window>,
    /// Rows that were begun longer ago are not sent any more.
    pub max_age: Option<Duration>,
    /// How long a file must not have changed before it is taken.
    pub settle_time: Duration,
    /// For how many days archived files and logs are kept; for ever, if nobody says.
    pub keep_days: Option<u32>,
    /// Whether a page of each run is written beside its results.
    pub report: bool,
    /// Whether a file is compared with the last one that was sent.
    pub is_compared_with_last: bool,
    /// What is run when a file has been imported.
    pub on_finish: Option<Program>,
}

/// What a file must be like to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Guards {
    /// The fewest rows.
    pub min_rows: Option<u64>,
    /// The most rows.
    pub max_rows: Option<u64>,
    /// The most invalid rows, or the greatest part of them.
    pub max_invalid: Option<MaxFailures>,
}

impl Config {
    /// Whether anything is to be imported.
    #[must_use]
    pub fn has_import(&self) -> bool {
        self.typed.import.is_some()
    }

    /// What is imported with nobody watching.
    ///
    /// # Errors
    /// There is no `[import]`, or it is not complete.
    pub fn import(&self) -> Result<Import, ConfigFault> {
        let typed = self.typed.import.clone().unwrap_or_default();
        self.needed_file()?;
        settle(&typed, self.file.as_ref())
    }

    /// What holds for the files of an import: what `[import]` says comes before the rest of the file, and after the
    /// environment and the flags.
    ///
    /// # Errors
    /// Those of [`Config::settings`].
    pub fn import_settings(&self, record: &'static RecordType) -> Result<Settings, ConfigFault> {
        let mut settings = self.settings(record)?;
        let is_of_file = |key: &str| ![ENVIRONMENT, COMMAND_LINE].contains(&&*self.origin(key));
        let import = self.typed.import.as_ref();
        if let Some(most) = import.and_then(|import| import.max_clears)
            && is_of_file("max_clears")
        {
            settings.max_clears = most;
        }
        if let Some(strict) = import.and_then(|import| import.strict)
            && is_of_file("strict")
        {
            settings.site.strict = strict;
        }
        Ok(settings)
    }
}

/// Settles what is imported; `found` is the file that it stands in.
fn settle(typed: &TypedImport, found: Option<&Found>) -> Result<Import, ConfigFault> {
    let origin =
        found.map_or_else(|| "config.toml".to_owned(), |found| found.path.display().to_string());
    let fault = |key: &str, text: &str| ConfigFault::new(&origin, format!("[import] {key} {text}"));
    let missing = |key: &str, example: &str| {
        fault(key, &format!("is missing; write it as {key} = \"{example}\""))
    };
    let time = |key: &str, value: Option<&String>| {
        let parsed = |text: &String| {
            let time: Option<SignedDuration> = text.trim().parse().ok();
            time.and_then(|time| Duration::try_from(time).ok()).ok_or_else(|| {
                fault(key, &format!("= \"{text}\" is not a time; write it as 2s, 36h or 90m"))
            })
        };
        value.map(parsed).transpose()
    };
    let inbox = typed.inbox.as_deref().filter(|inbox| !inbox.trim().is_empty());
    let inbox = inbox.ok_or_else(|| missing("inbox", "inbox/*.csv"))?;
    let (inbox, files) = waiting(inbox, found).map_err(|text| fault("inbox", &text))?;
    let is_compared_with_last = match typed.baseline.as_deref() {
        None => false,
        Some(LAST) => true,
        Some(other) => {
            let text = format!("= \"{other}\" is not known; write it as baseline = \"{LAST}\"");
            return Err(fault("baseline", &text));
        }
    };
    if let (Some(fewest), Some(most)) = (typed.min_rows, typed.max_rows)
        && fewest > most
    {
        let text = format!(
            "= {fewest} is more than max_rows = {most}, so that no file could be sent; mend one of them"
        );
        return Err(fault("min_rows", &text));
    }
    let window = typed.window.as_ref().map(|text| text.parse::<Window>());
    Ok(Import {
        inbox,
        files,
        archive: beside(
            found,
            typed.archive.as_deref().ok_or_else(|| missing("archive", "archive"))?,
        ),
        failed: beside(found, typed.failed.as_deref().ok_or_else(|| missing("failed", "failed"))?),
        expect_files: typed.expect_files.unwrap_or(0),
        guards: Guards {
            min_rows: typed.min_rows,
            max_rows: typed.max_rows,
            max_invalid: typed.max_invalid,
        },
        window: window.transpose().map_err(|text| fault("window", &text))?,
        max_age: time("max_age", typed.max_age.as_ref())?,
        settle_time: time("settle_time", typed.settle_time.as_ref())?.unwrap_or(SETTLE_TIME),
        keep_days: typed.keep_days,
        report: typed.report.unwrap_or(false),
        is_compared_with_last,
        on_finish: match (&typed.on_finish, found) {
            (Some(command), Some(found)) => {
                Some(Program::of("[import] on_finish", command, found)?)
            }
            _ => None,
        },
    })
}

/// The folder that files come into, and which of its files are meant.
fn waiting(typed: &str, found: Option<&Found>) -> Result<(PathBuf, Pattern), String> {
    let path = beside(found, Path::new(typed));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names_files = name.contains(['.', '*', '?', '[']) && !typed.ends_with(is_separator);
    if !names_files || path.is_dir() {
        let folder = typed.trim_end_matches(is_separator);
        return Err(format!(
            "= \"{typed}\" names a folder, and not which of its files are meant; write it as {folder}/*.csv"
        ));
    }
    let files = Pattern::new(&name)
        .map_err(|error| format!("cannot be read: {error}; write it as inbox/*.csv"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok((folder.unwrap_or(Path::new(".")).to_owned(), files))
}
