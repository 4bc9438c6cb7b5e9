//! The list of the changes that a run made: what an auditor asks for, and what `undo` takes back.
//!
//! Of a record that several rows name there is one line a field: what it held before the first of them, and what it
//! holds since the last.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::pipeline::Repeated;
use super::settle::Ended;
use super::survey::Input;
use super::tell;
use crate::model::key::Key;
use crate::model::outcome::Status;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Place;
use crate::report::{ChangesWriter, MadeLine, Output, Replace, run_of_list};

/// The list, as far as it was written.
#[derive(Debug)]
pub(super) struct MadeChanges {
    path: PathBuf,
    list: ChangesWriter,
    lines: u64,
    run_id: String,
    repeated: Repeated,
    /// By record and field, what the rows so far made of the records that are named again.
    pending: BTreeMap<(Key, String), Made>,
}

/// One change.
#[derive(Clone, Debug)]
struct Made {
    row: u64,
    key: Vec<String>,
    field: String,
    before: Option<String>,
    sent: String,
    stored: String,
    is_confirmed: bool,
    stamps: Vec<String>,
}

impl MadeChanges {
    /// Opens the list of a run of this id on this target at `path`, before anything is sent.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(super) fn begin(
        path: &Path,
        replace: Replace,
        input: &Input,
        run_id: &str,
        target: String,
    ) -> anyhow::Result<Self> {
        let output = Output::create(path, replace)?;
        let blank = MadeLine::default();
        let list = ChangesWriter::begin(output, &CUSTOMER_CONTACT, &blank, target);
        let list = list.context("the list of changes cannot be written")?;
        let repeated = Repeated::of(&input.survey.first_read);
        let (path, run_id, pending) = (path.to_owned(), run_id.to_owned(), BTreeMap::new());
        Ok(Self { path, list, lines: 0, run_id, repeated, pending })
    }

    /// Adds what a row changed, or may have changed; `sent` knows the value that it gives to a field.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn add<'s>(
        &mut self,
        place: Place,
        key: &[&str],
        ended: &Ended,
        sent: impl Fn(&str) -> Option<&'s str>,
    ) -> io::Result<()> {
        if !matches!(ended.outcome.status, Status::Updated | Status::Unconfirmed) {
            return Ok(());
        }
        let stored = |name: &str| {
            let held = ended.stored.iter().find(|held| held.field == name);
            held.and_then(|held| held.value.as_deref())
        };
        let stamp = |name: &&str| stored(name).unwrap_or_default().to_owned();
        let stamps: Vec<_> = CUSTOMER_CONTACT.stamps.iter().map(stamp).collect();
        for held in ended.before.iter().flatten() {
            let confirmed = stored(&held.field);
            let sent = sent(&held.field).or(confirmed).unwrap_or_default();
            let made = Made {
                row: place.number,
                key: key.iter().map(|part| (*part).to_owned()).collect(),
                field: held.field.clone(),
                before: held.value.clone(),
                sent: sent.to_owned(),
                stored: confirmed.unwrap_or(sent).to_owned(),
                is_confirmed: confirmed.is_some(),
                stamps: stamps.clone(),
            };
            if self.repeated.has(place) {
                self.keep(Key::fold(key.iter().copied()), made);
            } else {
                self.write(&made)?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, key: Key, made: Made) {
        let first = self.pending.remove(&(key.clone(), made.field.clone()));
        let before = first.map_or_else(|| made.before.clone(), |first| first.before);
        self.pending.insert((key, made.field.clone()), Made { before, ..made });
    }

    /// A field that holds what it held before was not changed.
    fn write(&mut self, made: &Made) -> io::Result<()> {
        if made.before.as_deref() == Some(&made.stored) {
            return Ok(());
        }
        self.lines += 1;
        self.list.write(&MadeLine {
            run_id: &self.run_id,
            row: made.row,
            key: &made.key,
            field: &made.field,
            before: made.before.as_deref(),
            sent: &made.sent,
            stored: &made.stored,
            is_confirmed: made.is_confirmed,
            stamps: &made.stamps,
        })
    }

    /// Puts the list in place; what is to be told of it. One without a change is not written: an earlier one still
    /// tells how to take back what was changed.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn finish(mut self) -> anyhow::Result<Vec<String>> {
        let mut pending: Vec<_> = std::mem::take(&mut self.pending).into_values().collect();
        pending.sort_by_key(|made| made.row);
        let written = pending.iter().try_for_each(|made| self.write(made));
        if written.is_ok() && self.lines == 0 {
            let stand = |run| format!("; those of run {run} stand in {}", self.path.display());
            let earlier = run_of_list(&self.path).map(stand).unwrap_or_default();
            return Ok(vec![format!("Changes: none{earlier}")]);
        }
        let output = written.and_then(|()| self.list.into_output());
        let output = output.context("the list of changes cannot be written")?;
        Ok(tell::placed("Changes", &output.finish()?))
    }
}
