//! The second read: valid rows go to the engine, and their endings are recorded.

use std::cell::RefCell;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use tokio::sync::mpsc;
use tokio::time::interval;

use super::blocking::blocking;
use super::interrupt::Interrupt;
use super::pipeline::{Pass, Remembered, judged};
use super::survey::Input;
use crate::checks::{Rules, Verdict};
use crate::engine::{Engine, Event, Job, Journal, Stop};
use crate::erp::Endpoint;
use crate::model::code::OwnCode;
use crate::model::outcome::Status;
use crate::model::row::RowBatch;
use crate::model::rules::SiteRules;
use crate::report::Progress;
use crate::sheet::SheetFault;

/// Batches of rows that may wait for the engine.
const AHEAD: usize = 2;
/// Time between two looks at the progress while nothing happens.
const TICK: Duration = Duration::from_millis(100);

/// Sends the valid rows of a file; why the run stopped, if it did.
pub(super) async fn send<E: Endpoint>(
    engine: &mut Engine<'_, E>,
    input: &mut Input,
    site: &Arc<SiteRules>,
    journal: &mut Journal,
    progress: &RefCell<Progress>,
    interrupt: &Interrupt,
) -> Option<Stop> {
    let (jobs, queue) = mpsc::channel(AHEAD);
    let reader = Reader {
        table: Arc::clone(&input.table),
        first_read: Arc::clone(&input.survey.first_read),
        limit: input.survey.limit,
        site: Arc::clone(site),
    };
    let reading = tokio::spawn(blocking(move || reader.feed(&jobs)));
    let rejected = &mut input.survey.rejected;
    let mut observer = |event: Event<'_>| -> io::Result<()> {
        if let Event::Ended(job, outcome) = &event {
            journal.append(job, outcome)?;
            match outcome.status {
                Status::Updated => rejected.updated(&job.key, job.place),
                Status::Failed => rejected.rejected(&job.key, job.place.index),
                _ => {}
            }
        }
        tell(&mut progress.borrow_mut(), &event);
        Ok(())
    };
    let stop = tokio::select! {
        stop = engine.run(queue, interrupt.watch(), &mut observer) => stop,
        () = ticking(progress) => None,
    };
    let read = reading.await.unwrap_or_else(|fault| std::panic::resume_unwind(fault.into_panic()));
    let unreadable =
        |fault: SheetFault| Stop { code: OwnCode::FileChanged, message: fault.to_string() };
    stop.or_else(|| read.err().map(unreadable))
}

/// What the thread that reads needs.
struct Reader {
    table: Arc<crate::sheet::Table>,
    first_read: Arc<Remembered>,
    limit: u64,
    site: Arc<SiteRules>,
}

impl Reader {
    /// Hands on the valid rows up to the limit, until nobody takes them any more.
    fn feed(&self, jobs: &mpsc::Sender<Vec<Job>>) -> Result<(), SheetFault> {
        let rules = Rules::new(self.table.layout(), &self.site);
        judged(&self.table, &self.site, Pass::Later(&self.first_read), &mut |batch, verdicts| {
            let batch = jobs_of(&rules, batch, verdicts, self.limit);
            if batch.is_empty() || jobs.blocking_send(batch).is_ok() {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })
    }
}

fn jobs_of(rules: &Rules<'_>, batch: &RowBatch, verdicts: &[Verdict], limit: u64) -> Vec<Job> {
    let rows = (0..batch.len()).into_par_iter().filter(|position| verdicts[*position].is_valid());
    let rows = rows.map(|position| batch.row(position)).filter(|row| row.place.index < limit);
    rows.map(|row| Job { place: row.place, key: rules.key(row), patch: rules.patch(row) }).collect()
}

async fn ticking(progress: &RefCell<Progress>) {
    let mut ticks = interval(TICK);
    loop {
        ticks.tick().await;
        progress.borrow_mut().tick(Instant::now());
    }
}

fn tell(progress: &mut Progress, event: &Event<'_>) {
    match event {
        Event::Ended(_, outcome) => progress.ended(outcome),
        Event::Held(wait) => {
            progress.note(&format!(
                "The endpoint asks to wait: nothing is sent for {:.1} s.",
                wait.as_secs_f64()
            ));
        }
        Event::Down(why, wait) => progress.note(&format!(
            "The endpoint does not answer ({why}). It is tried from time to time for up to {} s.",
            wait.as_secs()
        )),
        Event::Up => progress.note("The endpoint answers again."),
        Event::LoginDelayed(why) => progress.note(&format!("The login is tried again: {why}")),
    }
}
