//! What is decided of a row once its record is known: what it would change, and whether it is sent.

use std::io;
use std::sync::Arc;

use super::blocking::blocking;
use super::own_updates::OwnUpdates;
use super::pipeline::Repeated;
use super::survey::Input;
use crate::engine::{Job, Journal, Judge, Judged, Kept, Known};
use crate::model::change::{Expected, Held};
use crate::model::code::OwnCode;
use crate::model::mapped::Look;
use crate::model::outcome::{Outcome, Status};
use crate::model::patch::Patch;
use crate::model::quoted::quoted;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::stored::Stored;
use crate::preview::{Pretended, changes, held, moved, narrowed, new_value, still_holds};

/// Sends the fields that differ, and leaves out rows of which none does, and those whose record is no longer what
/// they expect.
struct Comparing(Memory);

/// Sends every row whole, unless its record is no longer what it expects, and remembers what its record held, as
/// far as that is known.
struct Noting(Memory);

/// What is remembered while rows are judged and sent.
struct Memory {
    /// Where it is remembered what a record held before it was changed.
    journal: Arc<Journal>,
    /// The rows whose key comes again.
    repeated: Repeated,
    /// What the run itself did to the records of those.
    own: OwnUpdates,
}

/// Sends nothing: finds out what rows would change. Later rows of a key see what earlier ones would leave.
pub(super) struct Planning {
    /// What the rows so far would have made of the records that are named again.
    pub(super) pretended: Pretended,
    /// The rows whose key comes again: memory does not grow with the others.
    pub(super) repeated: Repeated,
}

/// Who decides of the rows of a run that looks at records; nobody if it does not.
pub(super) fn judge(input: &mut Input, journal: &Arc<Journal>) -> Option<Box<dyn Judge>> {
    let memory = Memory {
        journal: Arc::clone(journal),
        repeated: Repeated::of(&input.survey.first_read),
        own: std::mem::take(&mut input.own),
    };
    match input.look {
        Look::Unseen => None,
        Look::Noted => Some(Box::new(Noting(memory))),
        Look::Compared => Some(Box::new(Comparing(memory))),
    }
}

impl Judge for Comparing {
    fn judge(&mut self, job: &mut Job, known: &Known) -> io::Result<Judged> {
        let record = match known {
            Known::Found(record) => record,
            missing => return Ok(Judged::End(not_there(missing))),
        };
        let changes = changes(&job.patch, |field| record.value(field));
        if changes.is_empty() {
            return Ok(Judged::End(unchanged()));
        }
        if let Some(conflict) = conflict(job, record, &changes, &self.0.own) {
            return Ok(Judged::End(conflict));
        }
        job.patch = narrowed(&job.patch, &changes);
        self.0.begin(job, changes)
    }

    fn keep(&mut self) -> Kept {
        self.0.keep()
    }

    fn ended(&mut self, job: &Job, outcome: &Outcome, stored: Option<&Stored>) {
        self.0.ended(job, outcome, stored);
    }
}

impl Judge for Noting {
    fn judge(&mut self, job: &mut Job, known: &Known) -> io::Result<Judged> {
        let record = match known {
            Known::Found(record) => Some(record),
            // What the row expects cannot be seen.
            missing if job.expects.is_some() => return Ok(Judged::End(not_there(missing))),
            _ => None,
        };
        let before = held(&job.patch, |field| record.and_then(|record| record.value(field)));
        let conflict = record.and_then(|record| conflict(job, record, &before, &self.0.own));
        match conflict {
            // Nothing of anybody's can be lost where the record already holds what is to be sent.
            Some(_) if holds_all(&job.patch, &before) => Ok(Judged::End(unchanged())),
            Some(conflict) => Ok(Judged::End(conflict)),
            None => self.0.begin(job, before),
        }
    }

    fn keep(&mut self) -> Kept {
        self.0.keep()
    }

    fn ended(&mut self, job: &Job, outcome: &Outcome, stored: Option<&Stored>) {
        self.0.ended(job, outcome, stored);
    }
}

impl Judge for Planning {
    fn judge(&mut self, job: &mut Job, known: &Known) -> io::Result<Judged> {
        let record = match known {
            Known::Found(record) => record,
            missing => return Ok(Judged::End(not_there(missing))),
        };
        let changes = changes(&job.patch, |field| {
            self.pretended.value(&job.key, field).or_else(|| record.value(field))
        });
        if changes.is_empty() {
            return Ok(Judged::End(unchanged()));
        }
        if let Some(conflict) = conflict(job, record, &changes, &OwnUpdates::default()) {
            return Ok(Judged::End(conflict));
        }
        if self.repeated.has(job.place) {
            self.pretended.apply(&job.key, &job.patch);
        }
        job.before = Some(changes);
        Ok(Judged::End(Outcome::unsent(Status::Valid, None, String::new())))
    }
}

impl Memory {
    /// Sends a row, once it is remembered what the fields that it sets held before.
    fn begin(&self, job: &mut Job, before: Vec<Held>) -> io::Result<Judged> {
        self.journal.begin_row(job.place.index, before.clone())?;
        job.before = Some(before);
        Ok(Judged::Send)
    }

    fn keep(&self) -> Kept {
        let journal = Arc::clone(&self.journal);
        Box::pin(blocking(move || journal.keep()))
    }

    fn ended(&mut self, job: &Job, outcome: &Outcome, stored: Option<&Stored>) {
        let stored = stored.into_iter().flat_map(Stored::fields);
        let stored = stored.map(|(field, value)| (field.name, value));
        self.own.ended(&self.repeated, (&job.key, job.place), outcome.status, stored);
    }
}

/// The outcome of a row whose record is another than it expects, by what it would change of it.
fn conflict(job: &Job, record: &Stored, changes: &[Held], own: &OwnUpdates) -> Option<Outcome> {
    let (code, message) = match job.expects.as_ref()? {
        Expected::Before(then) => {
            let code = still_holds(then, changes).err()?;
            (code, no_longer(code, then, changes))
        }
        Expected::Stamps(stamps) => {
            let now = |name: &str| record.value(CUSTOMER_CONTACT.field(name)?);
            let stamps = own.stamps(&job.key).unwrap_or(stamps);
            let (stamp, code, now) = moved(stamps, now).err()?;
            (code, since(stamp, code, now))
        }
    };
    Some(Outcome::unsent(Status::Conflict, Some(code.into()), message))
}

/// Names what a field holds instead of what it is expected to.
fn no_longer(code: OwnCode, expected: &Held, changes: &[Held]) -> String {
    let field = &expected.field;
    match (changes.iter().find_map(|change| change.value.as_deref()), &expected.value) {
        (Some(now), Some(then)) => {
            format!("{field} holds {}, and not {}", quoted(now), quoted(then))
        }
        (Some(_), None) => {
            format!("{field}: what it held before is not known, so that the change is not made")
        }
        (None, _) => format!("{field}: {}", code.cause()),
    }
}

/// Names the stamp that has moved.
fn since(stamp: &Held, code: OwnCode, now: Option<&str>) -> String {
    let then = stamp.value.as_deref().unwrap_or_default();
    match now {
        Some(now) => {
            format!("{} is {}, and was {}", stamp.field, quoted(now), quoted(then))
        }
        None => format!("{}: {}", stamp.field, code.cause()),
    }
}

/// Whether each field that a patch sets holds its value, by what the fields hold.
fn holds_all(patch: &Patch, held: &[Held]) -> bool {
    held.iter()
        .all(|held| held.value.is_some() && held.value.as_deref() == new_value(patch, &held.field))
}

fn unchanged() -> Outcome {
    Outcome::unsent(Status::Unchanged, None, String::new())
}

/// The outcome of a row whose record is not known.
pub(super) fn not_there(known: &Known) -> Outcome {
    let (code, said) = match known {
        Known::Absent(said) => (OwnCode::NotFound, said.as_str()),
        Known::NotAskable | Known::Found(_) | Known::Answer(_) => (OwnCode::NotAskable, ""),
    };
    let said = if said.is_empty() { String::new() } else { format!(" It says: {said}") };
    Outcome::unsent(Status::Failed, Some(code.into()), format!("{}{said}", code.cause()))
}
