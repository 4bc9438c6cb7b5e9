//! A file that an import has taken, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;

use crate::commands::connection::begun_at;
use crate::exit::ExitCode;
use crate::report::{Account, names};

/// A file in a folder of its own.
#[derive(Clone)]
pub(super) struct Claimed {
    pub(super) folder: PathBuf,
    pub(super) file: PathBuf,
    pub(super) name: String,
}

impl Claimed {
    /// The file, where it now stands.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Its folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name that it had in the inbox.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How long ago it was claimed.
    pub(super) fn age(&self) -> Duration {
        claimed_at(&self.folder).unwrap_or_default()
    }

    /// Whether rows are left to do.
    pub(super) fn has_rows_left(&self) -> bool {
        names::journal(Some(&names::results(&self.file, false)), &self.file).exists()
    }

    /// Whether a run of it has begun, whatever became of it.
    pub(super) fn was_begun(&self) -> bool {
        let results = names::results(&self.file, false);
        self.has_rows_left() || names::account(Some(&results), &self.file).exists()
    }

    /// Whether the run of it that left nothing to do ended like this, rather than what was to go on with it.
    pub(super) fn has_ended(&self, code: ExitCode) -> bool {
        let path = names::account(Some(&names::results(&self.file, false)), &self.file);
        Account::read(&path).and_then(|account| account.finished()) == Some(code.number())
    }

    /// Puts the folder into another one, by one rename; where it is now.
    ///
    /// # Errors
    /// It cannot be renamed.
    pub(super) fn put(&self, into: &Path) -> anyhow::Result<PathBuf> {
        let put = into.join(self.folder.file_name().unwrap_or_default());
        fs::rename(&self.folder, &put).with_context(|| {
            format!("{} cannot be put into {}", self.folder.display(), into.display())
        })?;
        Ok(put)
    }
}

/// The name of the file that a folder was made for.
pub(super) fn own_name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.split_once('.').map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// How long ago the file of a folder was claimed; nothing if an import did not make it.
pub(super) fn claimed_at(folder: &Path) -> Option<Duration> {
    let at = begun_at(folder.file_name()?.to_str()?)?;
    Some(Duration::try_from(Timestamp::now().duration_since(at)).unwrap_or_default())
}
