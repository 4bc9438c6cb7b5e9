//! `[import] baseline = "last"`: what a file is compared with is the last one that was sent, as far as its rows went well.
//!
//! Which one that was is noted beside the file, so that whatever goes on with it compares it with the same one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::claimed::{Claimed, claimed_at, own_name};
use super::inbox::entries;
use crate::commands::baseline::Baseline;
use crate::commands::baseline_read::Reading;
use crate::commands::tell;
use crate::config::{Import, Settings};
use crate::model::mapped::Mapped;
use crate::model::outcome::Status;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::target::Target;
use crate::report::{Account, ResultsReader, names};
use crate::sheet::{Source, Table};

/// The time at which a file was claimed is known to the second.
const A_SECOND: Duration = Duration::from_secs(1);
/// How the name of the note ends that names the folder of the file that another is compared with.
const NOTE: &str = ".baseline";

/// What a claimed file is compared with: what it was begun with, or else the last file that was sent.
///
/// # Errors
/// The note cannot be written, or names what is no longer there.
pub(super) fn of(
    claimed: &Claimed,
    import: &Import,
    settings: &Settings,
    target: &Target,
) -> anyhow::Result<Option<Arc<Baseline>>> {
    let note = claimed.folder().join(format!("{}{NOTE}", claimed.name()));
    if claimed.was_begun() {
        let Ok(name) = fs::read_to_string(&note) else { return Ok(None) };
        let places = [&import.archive, &import.failed].map(|folder| folder.join(name.trim()));
        let folder = places.into_iter().find(|folder| folder.is_dir()).with_context(|| {
            format!("{}: was compared with {}, which is gone", claimed.name(), name.trim())
        })?;
        return read(&folder, settings, target).map(Some);
    }
    let last = if import.is_compared_with_last { sent_last(import, target)? } else { None };
    let Some(folder) = last else {
        // A note of an attempt that sent nothing says nothing.
        let _ = fs::remove_file(&note);
        return Ok(None);
    };
    match read(&folder, settings, target) {
        Ok(baseline) => {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            fs::write(&note, name)
                .with_context(|| format!("{} cannot be written", note.display()))?;
            Ok(Some(baseline))
        }
        Err(why) => {
            tell::err(&format!(
                "{}: cannot be compared with the last file that was sent, so that all rows are sent: {why:#}",
                claimed.name()
            ));
            Ok(None)
        }
    }
}

/// A file that was sent.
struct Sent {
    folder: PathBuf,
    begun: Timestamp,
    ended: Timestamp,
}

/// The folder of the last file that was sent to a target, archived or not; nothing if there is none, or if others
/// may have had the last word: one that was sent while it was in progress, or one of which nobody knows what it did.
fn sent_last(import: &Import, target: &Target) -> anyhow::Result<Option<PathBuf>> {
    let folders = [entries(&import.archive)?, entries(&import.failed)?].concat();
    let mut sent = Vec::new();
    let mut unknown: Option<Timestamp> = None;
    for folder in folders {
        let file = folder.join(own_name(&folder));
        let results = names::results(&file, false);
        if let Some(account) = Account::read(&names::account(Some(&results), &file)) {
            let age = claimed_at(&folder).unwrap_or_default();
            let (begun, ended) = (Timestamp::now() - age + A_SECOND, account.ended_at);
            if account.rows_sent_to(target).is_some() {
                sent.push(Sent { folder, begun, ended });
            }
        } else if let Ok(facts) = fs::metadata(names::journal(Some(&results), &file)) {
            // It was cut off, and given up: what it did to which record, nobody knows.
            let begun = facts.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
            unknown = unknown.max(begun);
        }
    }
    sent.sort_by_key(|sent| sent.ended);
    let Some(last) = sent.pop() else { return Ok(None) };
    let is_last = sent.iter().all(|other| other.ended < last.begun)
        && unknown.is_none_or(|unknown| unknown < last.ended);
    Ok(is_last.then_some(last.folder))
}

/// Reads the rows of a file that was sent, of which only those count that ended `updated` or `unchanged`.
fn read(folder: &Path, settings: &Settings, target: &Target) -> anyhow::Result<Arc<Baseline>> {
    let file = folder.join(own_name(folder));
    let results = names::results(&file, false);
    let account = Account::read(&names::account(Some(&results), &file))
        .with_context(|| format!("{}: has no account of its run", file.display()))?;
    let source = Source::open(&file, settings.choice.encoding.as_deref())?;
    let table = Table::open(source, &settings.choice, &settings.mapping, &CUSTOMER_CONTACT)?;
    let now = Mapped::of(table.layout(), &settings.site, 0);
    if !account.mapping.reads_as(&now) {
        bail!(
            "{}: was sent with other settings ([columns], [set], clear_mark, trim)",
            file.display()
        );
    }
    let name = results.display();
    let lines = File::open(&results).with_context(|| format!("{name} cannot be read"))?;
    let mut lines =
        ResultsReader::begin(lines, &CUSTOMER_CONTACT).with_context(|| name.to_string())?;
    let mut reading = Reading::of(&table, &settings.site)?;
    reading.read(&AtomicBool::new(false), &mut |row| match lines
        .read()
        .map_err(io::Error::other)?
    {
        Some(line) if line.row == row.place.number => {
            Ok(matches!(line.status, Status::Updated | Status::Unchanged))
        }
        _ => Err(io::Error::other("its results are not those of its rows")),
    })?;
    if account.rows_sent_to(target) != Some(reading.rows().to_string().as_str()) {
        bail!("{}: is not what it was when it was sent", file.display());
    }
    reading.without_stamps().finish(settings.site.set.clone()).map(Arc::new)
}
