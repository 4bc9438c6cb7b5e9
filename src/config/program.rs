//! Programs that the configuration names to be run.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::environment::{AUTH_TOKEN, PASSWORD};
use super::fault::ConfigFault;
use super::layers::Found;
use super::typed::OneOrMore;

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program(Vec<String>);

impl Program {
    /// The program that stands under `key`. It is run only from a file that a person named, or that is
    /// the user's own and nobody else's: a config.toml that came with a sheet must not run anything.
    pub(super) fn of(key: &str, typed: &OneOrMore, found: &Found) -> Result<Self, ConfigFault> {
        let fault = |text: String| {
            ConfigFault::new(found.path.display().to_string(), format!("{key} {text}"))
        };
        if !found.named && !is_own(&found.path) {
            return Err(fault(
                "is not run from a file that others may write or own; name the file with --config"
                    .into(),
            ));
        }
        let words = match typed {
            OneOrMore::One(line) => shell_words::split(line)
                .map_err(|error| fault(format!("cannot be read: {error}")))?,
            OneOrMore::More(words) => words.clone(),
        };
        if words.is_empty() { Err(fault("is blank".into())) } else { Ok(Self(words)) }
    }

    /// Whether there is such a program, as a file seen from the current folder or on the PATH. It is not run.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.0.first().is_some_and(|program| which::which(program).is_ok())
    }

    /// The program, to be started without the secrets in its environment, and with nothing to read.
    #[must_use]
    pub fn command(&self) -> Command {
        let (program, arguments) =
            self.0.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null());
        for secret in [PASSWORD, AUTH_TOKEN] {
            command.env_remove(secret);
        }
        command
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.first().map_or("", String::as_str))
    }
}

/// Whether anybody but the owner has one of these rights.
#[cfg(unix)]
pub(super) fn others_may(path: &Path, rights: u32) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(std::fs::metadata(path)?.mode() & rights != 0)
}

/// Rights of others cannot be told here in these terms.
#[cfg(not(unix))]
pub(super) fn others_may(path: &Path, _rights: u32) -> io::Result<bool> {
    std::fs::metadata(path).map(|_| false)
}

/// Whether the user owns the file, and nobody else may write it. A file that this process
/// makes tells who the user is.
#[cfg(unix)]
fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = tempfile::tempfile().and_then(|file| file.metadata()).map(|facts| facts.uid());
    let owner = std::fs::metadata(path).map(|facts| facts.uid());
    matches!((own, owner), (Ok(own), Ok(owner)) if own == owner)
        && others_may(path, 0o022).is_ok_and(|may| !may)
}

/// The owner cannot be told here.
#[cfg(not(unix))]
fn is_own(_path: &Path) -> bool {
    false
}
