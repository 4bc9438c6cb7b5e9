//! One run at a time: for a target on a machine, since the rate is a property of the target, and for a
//! set of results.
//!
//! A lock is the operating system's, and ends with the process, however that ends. It is held on a file
//! of its own, which is never renamed: a lock on a file that is renamed does not keep a second process out.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::ZonedDateTime;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::model::target::Target;

/// How often a lock file that another run has just removed is opened anew.
const TRIES: usize = 100;
/// Most bytes of what a lock file tells.
const MOST_BYTES: u64 = 4_096;

/// Another run holds what this one needs.
#[derive(Debug, thiserror::Error)]
#[error("another run holds {what}{holder}; wait until it has ended, then run again")]
pub(super) struct Held {
    what: String,
    /// Its process, file and start, as far as they are known.
    holder: String,
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Locks the results at `results`, beside which the lock file stands, for a run of `input`.
    ///
    /// # Errors
    /// Another run holds them ([`Held`]), or the file cannot be written.
    pub(super) fn of_results(path: &Path, results: &Path, input: &Path) -> anyhow::Result<Self> {
        Self::acquire(path, &format!("the results of {}", input.display()), input).map_err(
            |fault| {
                if fault.is::<Held>() {
                    return fault;
                }
                let results = results.display();
                let text = "cannot be written in its folder; name another with --results";
                fault.context(format!("{results}: {text}"))
            },
        )
    }

    /// Locks a target on this machine, for a run of `input`.
    ///
    /// # Errors
    /// Another run holds it ([`Held`]), or the file cannot be written.
    pub(super) fn of_target(target: &Target, input: &Path) -> anyhow::Result<Self> {
        // However it is written: the same address is the same target.
        let address = Url::parse(&target.base_url).map(String::from);
        let address = address.as_deref().unwrap_or(&target.base_url).trim_end_matches('/');
        let of = format!("{address}\n{}", target.data_source);
        let hash = u64::from_le_bytes(*Sha256::digest(of).first_chunk().unwrap_or(&[0; 8]));
        let path = common_folder().join(format!("rowpatch-{hash:016x}.lock"));
        let what = format!("the target {} at {}", target.data_source, target.base_url);
        Self::acquire(&path, &what, input)
    }

    /// Locks the inbox of an import.
    ///
    /// # Errors
    /// Another import holds it ([`Held`]), or the file cannot be written.
    pub(super) fn of_inbox(path: &Path, inbox: &Path) -> anyhow::Result<Self> {
        Self::acquire(path, &format!("the inbox {}", inbox.display()), inbox)
    }

    fn acquire(path: &Path, what: &str, input: &Path) -> anyhow::Result<Self> {
        let told =
            || format!("{}, which keeps two runs from going at once, is at fault", path.display());
        for _ in 0..TRIES {
            let mut file = open(path).with_context(told)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(Held { what: what.to_owned(), holder: holder(path) }.into());
                }
                Err(TryLockError::Error(fault)) => return Err(fault).with_context(told),
            }
            if is_at(&file, path) {
                // Another user's file can be locked, and not written: then the holder is not named.
                let now = ZonedDateTime::now().strftime("%Y-%m-%d %H:%M:%S %:z");
                let about =
                    format!("process {}, {}, begun {now}\n", std::process::id(), input.display());
                let _ = file.set_len(0).and_then(|()| file.write_all(about.as_bytes()));
                return Ok(Self { path: path.to_owned(), _file: file });
            }
        }
        bail!("{}: other runs take turns at it; run again", path.display())
    }
}

impl Drop for Lock {
    /// Removes the file while it is still locked: whoever opened it meanwhile sees that it is gone.
    fn drop(&mut self) {
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A folder that all users of a machine share, whatever their environment says.
fn common_folder() -> PathBuf {
    let folder = Path::new("/tmp");
    if cfg!(unix) && folder.is_dir() { folder.to_owned() } else { std::env::temp_dir() }
}

/// Opens a lock file; that of another user for reading alone, which is enough for a lock.
fn open(path: &Path) -> io::Result<File> {
    let is_file = |facts: std::fs::Metadata| facts.file_type().is_file();
    if !path.symlink_metadata().map_or(true, is_file) {
        return Err(io::Error::other("it is not a plain file"));
    }
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    match options.open(path) {
        Err(fault) if fault.kind() == io::ErrorKind::PermissionDenied && path.exists() => {
            File::open(path)
        }
        opened => opened.inspect(let_all_read),
    }
}

/// Another user's run must be able to lock the file, and to say who holds it, whatever the mask of this one takes away.
#[cfg(unix)]
fn let_all_read(file: &File) {
    use std::os::unix::fs::PermissionsExt as _;
    // That of another user is readable, or else was not opened.
    let _ = file.set_permissions(std::fs::Permissions::from_mode(0o644));
}

/// Files have no such rights here.
#[cfg(not(unix))]
fn let_all_read(_: &File) {}

/// Whether the file is the one that now stands at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let place = |facts: std::fs::Metadata| (facts.dev(), facts.ino());
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(held), Ok(there)) => place(held) == place(there),
        _ => false,
    }
}

/// Nobody removes a lock file here.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// What a lock file tells of the run that holds it.
fn holder(path: &Path) -> String {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text));
    let text: String = text.trim().chars().filter(|c| !c.is_control()).collect();
    if read.is_ok() && !text.is_empty() { format!(" ({text})") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked(path: &Path) -> anyhow::Result<Lock> {
        Lock::of_results(path, Path::new("k.csv.results.csv"), Path::new("k.csv"))
    }

    #[test]
    fn a_lock_is_held_by_one_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("k.lock");
        let first = locked(&path).expect("locked");
        let fault = locked(&path).expect_err("held");
        assert!(fault.is::<Held>());
        let told = fault.to_string();
        assert!(told.contains(&format!("process {}, k.csv, begun ", std::process::id())), "{told}");
        drop(first);
        assert!(!path.exists());
        drop(locked(&path).expect("free again"));
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_file_can_be_read_by_all_whatever_the_mask_took_away() {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("k.lock");
        // As a run under umask 077 makes it.
        File::options().write(true).create_new(true).mode(0o600).open(&path).expect("made");
        let _lock = locked(&path).expect("locked");
        let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o644);
    }

    #[test]
    fn a_file_that_is_gone_is_not_held() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("k.lock");
        let old = open(&path).expect("opened");
        assert!(is_at(&old, &path));
        std::fs::remove_file(&path).expect("removed");
        let _new = open(&path).expect("opened");
        assert!(!is_at(&old, &path));
    }
}
