//! Files that are written whole and put in place by one rename.

use std::borrow::Cow;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::ZonedDateTime;
use tempfile::{Builder, NamedTempFile, PersistError};

use super::names;

/// How the date is written under which a file is kept that stood in the way.
pub(super) const DATED: &str = "%Y-%m-%dT%H-%M-%S";

/// What happens to a file that stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// It is of an earlier rehearsal, by its name, and is replaced.
    Own,
    /// It is kept under a dated name.
    MoveAside,
}

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {text}: {fault}")]
pub struct OutputFault {
    path: String,
    text: Cow<'static, str>,
    fault: io::Error,
}

impl OutputFault {
    pub(super) fn new(path: &Path, text: impl Into<Cow<'static, str>>, fault: io::Error) -> Self {
        Self { path: path.display().to_string(), text: text.into(), fault }
    }
}

/// Where a file ended up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The file; nothing if it went to standard output.
    pub path: Option<PathBuf>,
    /// Whether it could not be put where it was meant to be, and stands under another name beside it.
    pub elsewhere: bool,
    /// The name under which what stood in the way is kept.
    pub moved_aside: Option<PathBuf>,
}

/// A file that appears when it is finished, and leaves nothing behind when it is not.
#[derive(Debug)]
pub struct Output {
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    File { path: PathBuf, replace: Replace, file: BufWriter<NamedTempFile> },
    Standard(BufWriter<io::Stdout>),
}

impl Output {
    /// Opens a temporary file beside `path`, which only the user can read.
    ///
    /// # Errors
    /// The folder is missing or cannot be written to, or `path` is something else than a file.
    pub fn create(path: &Path, replace: Replace) -> Result<Self, OutputFault> {
        Self::create_as(path, replace, "--results")
    }

    /// The same for a file that this flag names.
    ///
    /// # Errors
    /// The folder is missing or cannot be written to, or `path` is something else than a file.
    pub fn create_as(path: &Path, replace: Replace, flag: &str) -> Result<Self, OutputFault> {
        if let Ok(facts) = fs::metadata(path)
            && !facts.is_file()
        {
            // A file would take the place of a pipe or a device, for whoever else uses it, too.
            let kind = if facts.is_dir() { "a folder" } else { "a pipe or a device" };
            let text = format!("cannot be written; name a file with {flag}");
            return Err(OutputFault::new(path, text, io::Error::other(format!("it is {kind}"))));
        }
        let (begins, ends) = partial(path);
        let begun = Builder::new().prefix(&begins).suffix(ends).tempfile_in(names::folder_of(path));
        let file = begun.map_err(|fault| {
            OutputFault::new(
                path,
                format!("cannot be written in its folder; name another with {flag}"),
                fault,
            )
        })?;
        Ok(Self { sink: Sink::File { path: path.to_owned(), replace, file: BufWriter::new(file) } })
    }

    /// Standard output.
    #[must_use]
    pub fn standard() -> Self {
        Self { sink: Sink::Standard(BufWriter::new(io::stdout())) }
    }

    /// Puts the file in place. If that cannot be done (it may be open in Excel), it is kept
    /// under another name beside it.
    ///
    /// # Errors
    /// It cannot be written at all.
    pub fn finish(self) -> Result<Placed, OutputFault> {
        match self.sink {
            Sink::Standard(mut out) => {
                out.flush().map_err(|fault| {
                    OutputFault::new(Path::new("standard output"), "cannot be written", fault)
                })?;
                Ok(Placed { path: None, elsewhere: false, moved_aside: None })
            }
            Sink::File { path, replace, file } => {
                let told = |fault| OutputFault::new(&path, "cannot be written to its end", fault);
                let file = file.into_inner().map_err(|fault| told(fault.into_error()))?;
                file.as_file().sync_all().map_err(told)?;
                place(file, &path, replace)
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::File { file, .. } => file.write(bytes),
            Sink::Standard(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::File { file, .. } => file.flush(),
            Sink::Standard(out) => out.flush(),
        }
    }
}

fn place(file: NamedTempFile, path: &Path, replace: Replace) -> Result<Placed, OutputFault> {
    let moved = match replace {
        Replace::Own => Ok(None),
        Replace::MoveAside => move_aside(path),
    };
    let blocked = match moved {
        Ok(moved_aside) => match file.persist(path) {
            Ok(_) => {
                return Ok(Placed { path: Some(path.to_owned()), elsewhere: false, moved_aside });
            }
            Err(PersistError { file, .. }) => file,
        },
        Err(_) => file,
    };
    place_elsewhere(blocked, path)
}

fn place_elsewhere(mut file: NamedTempFile, path: &Path) -> Result<Placed, OutputFault> {
    for candidate in numbered(path) {
        match file.persist_noclobber(&candidate) {
            Ok(_) => {
                return Ok(Placed { path: Some(candidate), elsewhere: true, moved_aside: None });
            }
            Err(PersistError { error, file: back })
                if error.kind() == io::ErrorKind::AlreadyExists =>
            {
                file = back;
            }
            Err(PersistError { error, .. }) => {
                return Err(OutputFault::new(path, "cannot be put in place, nor beside it", error));
            }
        }
    }
    let fault = io::Error::from(io::ErrorKind::AlreadyExists);
    Err(OutputFault::new(path, "cannot be put in place, nor beside it", fault))
}

/// Removes what runs that were killed had begun to write for `path`. Nobody may be writing it now.
pub fn sweep(path: &Path) {
    let (begins, ends) = partial(path);
    let files = fs::read_dir(names::folder_of(path)).into_iter().flatten().filter_map(Result::ok);
    let left = files.filter(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        let between = name.strip_prefix(&begins).and_then(|name| name.strip_suffix(ends));
        // A dot there is one of a longer name, which another run may be writing.
        between.is_some_and(|random| !random.contains('.'))
    });
    for file in left {
        // One that cannot be removed harms nobody.
        let _ = fs::remove_file(file.path());
    }
}

/// How the names begin and end under which a file is written before it is put in place.
fn partial(path: &Path) -> (String, &'static str) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    (format!(".{name}."), ".partial")
}

/// Keeps what stands at `path`, if anything, under a dated name beside it, which is returned.
///
/// # Errors
/// It cannot be renamed.
pub fn move_aside(path: &Path) -> Result<Option<PathBuf>, OutputFault> {
    let told = |fault| OutputFault::new(path, "stands in the way and cannot be moved aside", fault);
    if !path.try_exists().map_err(told)? {
        return Ok(None);
    }
    let dated = with_suffix(path, &ZonedDateTime::now().strftime(DATED).to_string());
    let free = std::iter::once(dated.clone()).chain(numbered(&dated)).find(|name| !name.exists());
    let aside = free.unwrap_or(dated);
    fs::rename(path, &aside).map_err(told)?;
    Ok(Some(aside))
}

/// `a.csv` as `a.2.csv`, `a.3.csv` and so on.
fn numbered(path: &Path) -> impl Iterator<Item = PathBuf> {
    (2..1_000).map(|number| with_suffix(path, &number.to_string()))
}

/// `a.results.csv` as `a.results.SUFFIX.csv`.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending =
        path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}.{suffix}{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_killed_runs_left_is_swept_away_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        let own = Output::create(&path, Replace::Own).expect("begun");
        std::mem::forget(own);
        let other = Output::create(&folder.path().join("b.csv"), Replace::Own).expect("begun");
        let longer = Output::create(&folder.path().join("a.csv.b.csv"), Replace::Own);
        let longer = longer.expect("begun");
        fs::write(&path, "kept").expect("written");
        sweep(&path);
        let names = fs::read_dir(folder.path()).expect("a folder").filter_map(Result::ok);
        let names: Vec<_> = names.map(|file| file.file_name()).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        assert!(path.exists());
        other.finish().expect("finished");
        longer.finish().expect("finished");
    }

    fn write(path: &Path, replace: Replace, text: &str) -> Placed {
        let mut output = Output::create(path, replace).expect("created");
        output.write_all(text.as_bytes()).expect("written");
        output.finish().expect("finished")
    }

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder).expect("a folder").count()
    }

    #[test]
    fn what_stands_in_the_way_is_kept_under_a_dated_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.results.csv");
        assert_eq!(write(&path, Replace::MoveAside, "one").moved_aside, None);
        let mut kept = Vec::new();
        for text in ["two", "three"] {
            kept.extend(write(&path, Replace::MoveAside, text).moved_aside);
        }
        let texts: Vec<_> =
            kept.iter().map(|path| fs::read_to_string(path).expect("kept")).collect();
        assert_eq!(texts, ["one", "two"]);
        assert_eq!(fs::read_to_string(&path).expect("in place"), "three");
        write(&path, Replace::Own, "four");
        assert_eq!(files(folder.path()), 3);
    }

    #[test]
    fn a_file_that_is_not_finished_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(Output::create(&folder.path().join("a.csv"), Replace::MoveAside).expect("created"));
        assert_eq!(files(folder.path()), 0);
    }

    #[test]
    fn a_path_that_is_blocked_at_the_end_gives_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        let output = Output::create(&path, Replace::Own).expect("created");
        fs::create_dir_all(path.join("not empty")).expect("blocked");
        let placed = output.finish().expect("finished");
        assert_eq!((placed.elsewhere, placed.path), (true, Some(folder.path().join("a.2.csv"))));
    }

    #[test]
    fn a_missing_folder_is_told_before_the_work_begins() {
        let folder = tempfile::tempdir().expect("a folder");
        let fault =
            Output::create(&folder.path().join("none/a.csv"), Replace::Own).expect_err("a fault");
        assert!(fault.to_string().contains("a.csv"), "{fault}");
        assert!(Output::create(folder.path(), Replace::Own).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        write(&path, Replace::Own, "x");
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
