//! What is decided of a row once its record is known: what it would change, and whether it is sent.

use std::future::ready;
use std::io;
use std::sync::Arc;

use super::blocking::blocking;
use super::pipeline::Repeated;
use crate::engine::{Job, Journal, Judge, Judged, Kept, Known};
use crate::model::change::Held;
use crate::model::code::OwnCode;
use crate::model::mapped::Look;
use crate::model::outcome::{Outcome, Status};
use crate::model::quoted::quoted;
use crate::preview::{Pretended, changes, held, narrowed, still_holds};

/// Sends the fields that differ, and leaves out rows of which none does, and those whose record is no longer what
/// they expect.
struct Comparing {
    /// Where it is remembered what a record held before it was changed.
    journal: Arc<Journal>,
}

/// Sends every row whole, and remembers what its record held, as far as that is known.
struct Noting {
    /// Where it is remembered.
    journal: Arc<Journal>,
}

/// Sends nothing: finds out what rows would change. Later rows of a key see what earlier ones would leave.
pub(super) struct Planning {
    /// What the rows so far would have made of the records that are named again.
    pub(super) pretended: Pretended,
    /// The rows whose key comes again: memory does not grow with the others.
    pub(super) repeated: Repeated,
}

/// Who decides of the rows of a run that looks like this; nobody if it does not.
pub(super) fn judge(look: Look, journal: &Arc<Journal>) -> Option<Box<dyn Judge>> {
    let journal = Arc::clone(journal);
    match look {
        Look::Unseen => None,
        Look::Noted => Some(Box::new(Noting { journal })),
        Look::Compared => Some(Box::new(Comparing { journal })),
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
        if let Some(expected) = &job.expects
            && let Err(code) = still_holds(expected, &changes)
        {
            return Ok(Judged::End(conflict(code, expected, &changes)));
        }
        job.patch = narrowed(&job.patch, &changes);
        begin(&self.journal, job, changes)
    }

    fn keep(&mut self) -> Kept {
        keep(&self.journal)
    }
}

impl Judge for Noting {
    fn judge(&mut self, job: &mut Job, known: &Known) -> io::Result<Judged> {
        let before = held(&job.patch, |field| match known {
            Known::Found(record) => record.value(field),
            Known::Absent(_) | Known::NotAskable => None,
        });
        begin(&self.journal, job, before)
    }

    fn keep(&mut self) -> Kept {
        keep(&self.journal)
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
        if self.repeated.has(job.place) {
            self.pretended.apply(&job.key, &job.patch);
        }
        job.before = Some(changes);
        Ok(Judged::End(Outcome::unsent(Status::Valid, None, String::new())))
    }

    fn keep(&mut self) -> Kept {
        // Nothing is ever sent.
        Box::pin(ready(Ok(())))
    }
}

fn keep(journal: &Arc<Journal>) -> Kept {
    let journal = Arc::clone(journal);
    Box::pin(blocking(move || journal.keep()))
}

/// Sends a row, once it is remembered what the fields that it sets held before.
fn begin(journal: &Journal, job: &mut Job, before: Vec<Held>) -> io::Result<Judged> {
    journal.begin_row(job.place.index, before.clone())?;
    job.before = Some(before);
    Ok(Judged::Send)
}

/// The outcome of a row whose record is another than it expects; names what it holds instead.
fn conflict(code: OwnCode, expected: &Held, changes: &[Held]) -> Outcome {
    let now = changes.iter().find_map(|change| change.value.as_deref()).unwrap_or_default();
    let message = match &expected.value {
        Some(then) => {
            format!("{} holds {}, and not {}", expected.field, quoted(now), quoted(then))
        }
        None => format!("{}: {}", expected.field, code.cause()),
    };
    Outcome::unsent(Status::Conflict, Some(code.into()), message)
}

fn unchanged() -> Outcome {
    Outcome::unsent(Status::Unchanged, None, String::new())
}

/// The outcome of a row whose record is not known.
fn not_there(known: &Known) -> Outcome {
    let (code, said) = match known {
        Known::Absent(said) => (OwnCode::NotFound, said.as_str()),
        Known::NotAskable | Known::Found(_) => (OwnCode::NotAskable, ""),
    };
    let said = if said.is_empty() { String::new() } else { format!(" It says: {said}") };
    Outcome::unsent(Status::Failed, Some(code.into()), format!("{}{said}", code.cause()))
}
