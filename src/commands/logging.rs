//! What happens, for those who look into it: on standard error with -v, and as JSON lines in a file.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context as _, bail};
use tracing::level_filters::LevelFilter;
use tracing::{Level, debug, info, warn};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::Config;
use crate::engine::Event;

/// Whose events are told: those of other crates might hold what is sent, secrets and all.
const OWN: &str = "rowpatch";
/// How each line of a log begins.
const FIRST_KEY: &[u8; 12] = b"{\"timestamp\"";

/// Begins to tell, as the configuration has it.
///
/// # Errors
/// The file cannot be written.
pub(super) fn begin(config: &Config) -> anyhow::Result<()> {
    let (verbose, path) = config.logging();
    let shown = match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let to_person = fmt::layer()
        .compact()
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .with_filter(Targets::new().with_target(OWN, shown));
    let to_file = path.map(open).transpose()?.map(|file| {
        fmt::layer()
            .json()
            .flatten_event(true)
            .with_target(false)
            .with_writer(Mutex::new(file))
            .with_filter(Targets::new().with_target(OWN, Level::DEBUG))
    });
    tracing_subscriber::registry()
        .with(to_person)
        .with(to_file)
        .try_init()
        .context("the log cannot be begun")
}

fn open(path: &Path) -> anyhow::Result<File> {
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).with_context(|| {
        format!("{} cannot be written; name another with --log-file", path.display())
    })?;
    let facts = file.metadata().with_context(|| format!("{} cannot be read", path.display()))?;
    // A pipe or a terminal has nothing that could be spoilt.
    if facts.is_file() && facts.len() > 0 && !is_log(path)? {
        bail!(
            "{} is no log of rowpatch, and would be spoilt; name another file with --log-file",
            path.display()
        );
    }
    Ok(file)
}

/// Whether a file begins as every log does.
fn is_log(path: &Path) -> anyhow::Result<bool> {
    let mut start = [0; FIRST_KEY.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    match read {
        Ok(()) => Ok(start == *FIRST_KEY),
        Err(fault) if fault.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(fault) => Err(fault).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Tells of what happened while rows were sent. Texts of the endpoint come with the secrets replaced.
pub(super) fn event(event: &Event<'_>) {
    match event {
        Event::Ended(job, outcome, _) => debug!(
            row = job.place.number,
            key = %job.key,
            status = %outcome.status,
            http_status = outcome.http_status,
            code = outcome.code.as_ref().map(tracing::field::display),
            message = outcome.message,
            attempts = outcome.attempts,
            elapsed_ms = outcome.elapsed_ms,
        ),
        Event::Held(wait) => {
            info!(seconds = wait.as_secs_f64(), "the endpoint asks not to be asked for a while");
        }
        Event::Down(why, wait) => {
            warn!(why = *why, waits_seconds = wait.as_secs(), "the endpoint does not answer");
        }
        Event::Up => info!("the endpoint answers again"),
        // Far too many to be told one by one; run.json has their sums.
        Event::Answered(_) | Event::Waited(..) => {}
        Event::LoginDelayed(why) => warn!(why = *why, "the login is tried again"),
    }
}
