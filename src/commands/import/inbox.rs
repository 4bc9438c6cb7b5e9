//! Where files wait, are worked on, and are put away: each in exactly one place at any time.
//!
//! A file is claimed by a rename into a folder of its own, in which all that its run writes lands. The
//! folder is put away by one rename. So whatever ends an import, the next one finds each file whole.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail};
use glob::{MatchOptions, Pattern};

use super::claimed::{Claimed, claimed_at, own_name};
use crate::commands::connection::run_id;
use crate::commands::lock::Lock;
use crate::commands::survey::is_same_file;
use crate::commands::tell;
use crate::config::Import;
use crate::model::target::Target;
use crate::report::{Account, names};
use crate::sheet::lock_file_beside;

/// The folder in the inbox that holds files which are being imported.
const BEGUN: &str = "in-progress";
/// The folder in the inbox that holds the logs.
const LOGS: &str = "log";

/// The folders of an import. No other import works in them.
pub(in crate::commands) struct Inbox {
    folder: PathBuf,
    files: Pattern,
    settle_time: Duration,
    archive: PathBuf,
    _lock: Lock,
}

/// A file that waits.
pub(super) struct Waiting {
    /// Where it stands.
    pub(super) file: PathBuf,
    /// Why it cannot be taken yet, if so.
    pub(super) busy: Option<String>,
}

impl Inbox {
    /// Makes the folders in which files are put away, and keeps other imports away.
    ///
    /// # Errors
    /// There is no inbox; a folder that cannot be written to, or that stands on another file system, where a rename is none.
    pub(in crate::commands) fn open(import: &Import) -> anyhow::Result<Self> {
        if !import.inbox.is_dir() {
            bail!(
                "{}: there is no such folder to take files from; make it, or mend [import] inbox",
                import.inbox.display()
            );
        }
        let begun = import.inbox.join(BEGUN);
        for folder in [&begun, &import.archive, &import.failed] {
            make(folder)?;
        }
        if is_same_file(&import.archive, &import.failed) {
            bail!(
                "{}: [import] archive and failed are one folder, in which nobody could tell what was sent; name two",
                import.archive.display()
            );
        }
        for folder in [&import.archive, &import.failed] {
            if !is_on_one_disk(&begun, folder) {
                bail!(
                    "{} and {} are on different file systems, so that a file cannot be put away in one step; name folders on one of them",
                    import.inbox.display(),
                    folder.display()
                );
            }
        }
        Ok(Self {
            folder: import.inbox.clone(),
            files: import.files.clone(),
            settle_time: import.settle_time,
            archive: import.archive.clone(),
            _lock: Lock::of_inbox(&begun.join("import.lock"), &import.inbox)?,
        })
    }

    /// Where the logs stand.
    pub(super) fn logs(&self) -> PathBuf {
        self.folder.join(LOGS)
    }

    /// Files that were claimed by an import that did not finish them, in the order in which they were.
    pub(super) fn begun(&self) -> anyhow::Result<Vec<Claimed>> {
        let begun = self.folder.join(BEGUN);
        let mut claimed = Vec::new();
        for folder in entries(&begun)?.into_iter().filter(|path| path.is_dir()) {
            let name = own_name(&folder);
            let file = folder.join(&name);
            if file.is_file() {
                claimed.push(Claimed { folder, file, name });
            } else {
                // Cut off between the two steps of a claim: it is blank, and stays if it is not.
                let _ = fs::remove_dir(&folder);
            }
        }
        Ok(claimed)
    }

    /// The files that are meant, in the order of their names.
    pub(super) async fn waiting(&self) -> anyhow::Result<Vec<Waiting>> {
        // The lock files of LibreOffice, what macOS keeps beside a file, and uploads that some programs begin.
        let options = MatchOptions {
            case_sensitive: false,
            require_literal_leading_dot: true,
            ..MatchOptions::default()
        };
        let is_meant = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            path.is_file() && !name.starts_with("~$") && self.files.matches_with(&name, options)
        };
        let files: Vec<_> = entries(&self.folder)?.into_iter().filter(is_meant).collect();
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let before: Vec<_> = files.iter().map(|file| facts(file)).collect();
        tokio::time::sleep(self.settle_time).await;
        let waiting = |(file, before): (PathBuf, Option<_>)| {
            let busy = if let Some(lock) = lock_file_beside(&file) {
                Some(format!("is open in another program ({lock})"))
            } else {
                let is_settled = before.is_some() && facts(&file) == before;
                (!is_settled).then(|| "is still being written".to_owned())
            };
            Waiting { file, busy }
        };
        Ok(files.into_iter().zip(before).map(waiting).collect())
    }

    /// Takes a file into a folder of its own.
    ///
    /// # Errors
    /// It cannot be renamed: somebody may have it open.
    pub(super) fn claim(&self, file: &Path) -> anyhow::Result<Claimed> {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = self.folder.join(BEGUN).join(format!("{}.{name}", run_id()));
        fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let claimed = folder.join(&name);
        fs::rename(file, &claimed)
            .with_context(|| format!("{} cannot be taken out of the inbox", file.display()))?;
        Ok(Claimed { folder, file: claimed, name })
    }

    /// By the SHA-256 of its rows, the name of each archived file that was sent to a target.
    pub(super) fn sent(&self, target: &Target) -> HashMap<String, String> {
        let folders = entries(&self.archive).unwrap_or_default().into_iter();
        let accounts = folders.filter_map(|folder| {
            let account = Account::read(&names::account(
                Some(&names::results(&folder.join(own_name(&folder)), false)),
                Path::new(""),
            ))?;
            let rows = account.rows_sent_to(target)?.to_owned();
            Some((rows, folder.display().to_string()))
        });
        accounts.collect()
    }

    /// Removes archived folders that are older than so many days: they hold personal data.
    pub(super) fn expire(&self, keep_days: Option<u32>) {
        let Some(days) = keep_days else { return };
        let most = Duration::from_secs(u64::from(days) * 24 * 3_600);
        for folder in entries(&self.archive).unwrap_or_default() {
            if claimed_at(&folder).is_some_and(|age| age > most)
                && let Err(fault) = fs::remove_dir_all(&folder)
            {
                tell::err(&format!("{} cannot be removed: {fault}", folder.display()));
            }
        }
    }
}

fn make(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
}

/// What stands in a folder, in the order of the names.
pub(super) fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut paths: Vec<_> = read.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

/// What shows that a file changes.
fn facts(file: &Path) -> Option<(u64, SystemTime)> {
    let facts = fs::metadata(file).ok()?;
    Some((facts.len(), facts.modified().ok()?))
}

#[cfg(unix)]
fn is_on_one_disk(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let disk = |path: &Path| fs::metadata(path).as_ref().map(Metadata::dev).ok();
    disk(a) == disk(b)
}

/// A rename tells it here.
#[cfg(not(unix))]
fn is_on_one_disk(_: &Path, _: &Path) -> bool {
    true
}
