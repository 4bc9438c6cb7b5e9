//! A plain log, one file a day, kept for some days. It may hold what rows say, so that it is the user's alone.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::{ToSpan as _, ZonedDateTime};

/// How the name of a log begins, before its day.
const PREFIX: &str = "rowpatch.";
/// How it ends.
const SUFFIX: &str = ".log";

/// The log of today; a run that goes past midnight goes on in it.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
}

impl Log {
    /// Opens the log of today in a folder, and removes those that are older than so many days.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(super) fn open(folder: &Path, keep_days: Option<u32>) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let today = ZonedDateTime::now().date();
        let path = folder.join(format!("{PREFIX}{today}{SUFFIX}"));
        let mut options = File::options();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file =
            options.open(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        if let Some(oldest) =
            keep_days.and_then(|days| today.checked_sub(i64::from(days).days()).ok())
        {
            for (path, _) in logs(folder).into_iter().filter(|(_, day)| *day < oldest) {
                // One that cannot be removed now can be later.
                let _ = fs::remove_file(path);
            }
        }
        Ok(Self { file })
    }
}

impl Write for Log {
    /// Writes a line, after the time.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let now = ZonedDateTime::now().strftime("%Y-%m-%dT%H:%M:%S%:z ").to_string();
        self.file.write_all(&[now.as_bytes(), line].concat())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The logs of a folder, each with its day.
fn logs(folder: &Path) -> Vec<(PathBuf, Date)> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let dated = files.filter_map(|file| {
        let name = file.file_name();
        let day = name.to_str()?.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.parse().ok()?;
        Some((file.path(), day))
    });
    dated.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_logs_are_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["rowpatch.2020-01-01.log", "rowpatch.log", "notes.2020-01-01.log"] {
            fs::write(folder.path().join(name), "kept").expect("written");
        }
        let mut log = Log::open(folder.path(), Some(3)).expect("a log");
        log.write_all(b"one\n").expect("written");
        let names = fs::read_dir(folder.path()).expect("a folder").filter_map(Result::ok);
        let mut names: Vec<_> = names.map(|file| file.file_name()).collect();
        names.sort();
        assert_eq!(names.len(), 3, "{names:?}");
        let today = logs(folder.path());
        let text = fs::read_to_string(&today[0].0).expect("a log");
        assert!(text.ends_with(" one\n") && text.starts_with("20"), "{text}");
    }
}
