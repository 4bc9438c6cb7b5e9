//! The records of an export: asked for, and then written.

use std::io;
use std::sync::Arc;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::export::Exporter;
use super::export_rows::OfRows;
use super::interrupt::Interrupt;
use super::looking::not_there;
use super::send::{self, Until};
use super::survey::Input;
use super::{logging, plan};
use crate::engine::{Endings, Event, Job, Judge, Judged, Known, Stop};
use crate::erp::Question;
use crate::exit::ExitCode;
use crate::model::change::Held;
use crate::model::code::OwnCode;
use crate::model::counted::counted;
use crate::model::key::Key;
use crate::model::outcome::Outcome;
use crate::model::patch::Patch;
use crate::model::record::{CUSTOMER_CONTACT, Field};
use crate::model::row::Place;
use crate::model::rules::SiteRules;
use crate::model::stored::Stored;
use crate::report::{Doing, ExportWriter};

/// What was found.
pub(super) struct Found {
    records: Records,
    /// Why not everything could be asked for, if so.
    pub(super) stop: Option<Stop>,
    told: String,
}

enum Records {
    /// All that meet a question.
    Answer(Arc<Vec<Stored>>),
    /// Those of the rows of a sheet; what was found stands in a private folder.
    OfRows { input: Box<Input>, endings: Option<Box<Endings>>, _folder: TempDir },
}

/// Keeps what each row's record holds, and sends nothing.
struct Keeping {
    fields: Vec<&'static Field>,
    /// What met a question of its own.
    answer: Arc<Vec<Stored>>,
}

impl Judge for Keeping {
    fn judge(&mut self, job: &mut Job, known: &Known) -> io::Result<Judged> {
        match known {
            Known::Found(record) => {
                let held = self.fields.iter().map(|field| Held {
                    field: field.name.to_owned(),
                    value: record.value(field).map(str::to_owned),
                });
                job.before = Some(held.collect());
            }
            Known::Answer(records) => self.answer = Arc::clone(records),
            missing => return Ok(Judged::End(not_there(missing))),
        }
        Ok(Judged::End(Outcome::blank()))
    }
}

impl Exporter {
    fn judge(&self) -> Keeping {
        Keeping { fields: self.fields.clone(), answer: Arc::default() }
    }

    /// Asks one question.
    pub(super) async fn ask(
        &mut self,
        question: Question,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Found> {
        let job = Job {
            place: Place { index: 0, number: 0 },
            key: Key::fold([]),
            patch: Patch::default(),
            doubt: None,
            expects: None,
            before: None,
            asks: Some(Box::new(question)),
        };
        let (jobs, queue) = mpsc::channel(1);
        jobs.send(vec![job]).await.context("the question cannot be asked")?;
        drop(jobs);
        let (progress, mut judge) = (self.connection.progress(1, Doing::Planning), self.judge());
        let mut outcome = Outcome::blank();
        let mut observer = |event: Event<'_>| -> io::Result<()> {
            if let Event::Ended(_, ended, _) = &event {
                outcome = (*ended).clone();
            }
            logging::event(&event);
            send::tell(&mut progress.borrow_mut(), &event);
            Ok(())
        };
        let mut engine = self.connection.engine(1);
        let until = Until { interrupt, closes_at: None };
        let judging = Some(&mut judge as _);
        let stop = send::run(&mut engine, queue, judging, &mut observer, &progress, until).await;
        drop(progress.into_inner().finish());
        // Where nobody answers, or the question is refused, nothing is known of any record.
        let unheard = outcome.code.filter(|code| *code != OwnCode::NotFound.into()).map(|code| {
            let message = match outcome.message.as_str() {
                "" => format!("the endpoint refuses the question ({code})"),
                said => said.to_owned(),
            };
            Stop { code: OwnCode::NoConnection, message }
        });
        let told = outcome.message;
        Ok(Found { records: Records::Answer(judge.answer), stop: stop.or(unheard), told })
    }

    /// Asks for the record of each row.
    pub(super) async fn look_up(
        &mut self,
        mut input: Input,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Found> {
        let mut engine = self.connection.engine(input.left());
        let folder = tempfile::tempdir().context("a folder for the records cannot be made")?;
        let journal = plan::journal(folder.path(), &self.connection, &input, &self.site)?;
        let (journal, mut judge) = (Arc::new(journal), self.judge());
        let progress = self.connection.progress(input.left(), Doing::Planning);
        let until = Until { interrupt, closes_at: None };
        let judge = Some(&mut judge as _);
        let stop =
            send::send(&mut engine, &mut input, &self.site, &journal, &progress, until, judge)
                .await;
        drop(progress.into_inner().finish());
        let journal = Arc::into_inner(journal).context("the records are still in use")?;
        let endings = Some(Box::new(journal.into_endings()?));
        let records = Records::OfRows { input: Box::new(input), endings, _folder: folder };
        Ok(Found { records, stop, told: String::new() })
    }
}

impl Found {
    /// Writes all records; how the program ends for what was not found.
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn write(
        &mut self,
        writer: &mut ExportWriter,
        site: &SiteRules,
    ) -> anyhow::Result<ExitCode> {
        match &mut self.records {
            Records::Answer(records) => {
                let (good, without_key): (Vec<_>, Vec<_>) =
                    records.iter().partition(|record| names_itself(record));
                for record in &good {
                    writer.write(&|field| record.value(field)).context(CANNOT)?;
                }
                if without_key.is_empty() {
                    return Ok(ExitCode::Done);
                }
                let records = counted(without_key.len() as u64, "record");
                self.told = format!("{records} came without a key, and are left out.");
                Ok(ExitCode::SomeRowsNot)
            }
            Records::OfRows { input, endings, .. } => {
                let endings = endings.take().context("the records are written twice")?;
                let of_rows = OfRows::write(input, *endings, writer, site)?;
                self.told = of_rows.told();
                let code = of_rows.exit_code();
                self.stop = of_rows.stop;
                Ok(code)
            }
        }
    }

    /// What a person should know of what was not found.
    pub(super) fn told(&self) -> &str {
        &self.told
    }
}

/// What cannot be done if the disk is at fault.
pub(super) const CANNOT: &str = "the export cannot be written";

/// Whether a record shows its key: another could not be fed back.
fn names_itself(record: &Stored) -> bool {
    let mut keys = CUSTOMER_CONTACT.keys();
    keys.all(|key| record.value(key).is_some_and(|value| !value.trim().is_empty()))
}
