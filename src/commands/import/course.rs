//! In which order files are imported, and what holds the later ones back.

use jiff::Timestamp;

use super::Importer;
use super::claimed::Claimed;
use super::inbox::Waiting;
use crate::commands::interrupt::Interrupt;
use crate::commands::tell;
use crate::exit::ExitCode;
use crate::model::counted::counted;

/// A file before is not put away: it has earned what there is to earn.
const LEFT: (ExitCode, &str) = (ExitCode::Done, "a file before it is not finished");
/// A file before could not be taken.
const BUSY: (ExitCode, &str) = (ExitCode::NothingSent, "a file before it could not be taken");

/// How an import stands between two files.
struct Course {
    /// What the files so far have earned.
    code: ExitCode,
    /// Why the files to come are held back, if they are, and what each earns by it. No later file may overtake rows
    /// that are left to do, or that cannot be taken yet: they may be for the same records.
    held: Option<(ExitCode, &'static str)>,
}

impl Course {
    fn earns(&mut self, code: ExitCode) {
        self.code = self.code.gravest(code);
    }
}

impl Importer {
    /// Imports what an earlier import had begun, and then what waits.
    pub(super) async fn run(&self, interrupt: &Interrupt) -> anyhow::Result<ExitCode> {
        let mut course = Course { code: ExitCode::Done, held: None };
        for claimed in self.inbox.begun()? {
            if let Some((earned, why)) = course.held {
                tell::err(&format!(
                    "{}: is left for the next import, since {why}.",
                    claimed.name()
                ));
                course.earns(earned);
                continue;
            }
            self.note(&format!(
                "{}: an earlier import had begun it; it goes on with it now.",
                claimed.name()
            ));
            self.import_next(claimed, &mut course, interrupt).await;
        }
        let waiting = tokio::select! {
            waiting = self.inbox.waiting() => waiting?,
            () = interrupt.asked() => return Ok(ExitCode::Interrupted),
        };
        let found = waiting.iter().filter(|waiting| waiting.busy.is_none()).count() as u64;
        for waiting in waiting {
            self.take(waiting, &mut course, interrupt).await;
        }
        self.inbox.expire(self.import.keep_days);
        if found < self.import.expect_files {
            let expected = self.import.expect_files;
            tell::err(&format!(
                "{}: {} waited, and [import] expect_files is {expected}.",
                self.import.inbox.display(),
                counted(found, "file")
            ));
            course.earns(ExitCode::NothingSent);
        }
        Ok(course.code)
    }

    /// Takes a file and imports it, unless it is held back or cannot be taken: then it holds the later ones back.
    async fn take(&self, waiting: Waiting, course: &mut Course, interrupt: &Interrupt) {
        let name = waiting.file.display();
        if let Some((earned, why)) = course.held {
            tell::err(&format!("{name}: is left in the inbox for the next import, since {why}."));
            course.earns(earned);
            return;
        }
        if let Some(why) = waiting.busy {
            tell::err(&format!("{name}: {why}; it is left for the next import."));
            course.held = Some(BUSY);
            return;
        }
        match self.inbox.claim(&waiting.file) {
            Ok(claimed) => self.import_next(claimed, course, interrupt).await,
            Err(fault) => {
                tell::err(&format!("rowpatch: {fault:#}"));
                course.earns(ExitCode::NothingSent);
                course.held = Some(BUSY);
            }
        }
    }

    async fn import_next(&self, claimed: Claimed, course: &mut Course, interrupt: &Interrupt) {
        let (ended, is_left) = self.import(claimed, interrupt).await;
        course.earns(ended);
        course.held = if is_left { Some(LEFT) } else { self.over(interrupt) };
    }

    /// Why no more may be sent, also where the file before lost nothing by it.
    fn over(&self, interrupt: &Interrupt) -> Option<(ExitCode, &'static str)> {
        if interrupt.is_asked() {
            return Some((ExitCode::Interrupted, "the import was interrupted"));
        }
        let is_closed = self.closes_at.is_some_and(|closes_at| closes_at <= Timestamp::now());
        is_closed.then_some((ExitCode::StoppedEarly, "the time for sending has ended"))
    }
}
