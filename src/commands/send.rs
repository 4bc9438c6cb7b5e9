//! The second read: valid rows go to the engine, and their endings are recorded.

use std::cell::RefCell;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{interval, sleep};

use super::baseline::Baseline;
use super::blocking::blocking;
use super::interrupt::Interrupt;
use super::logging;
use super::pipeline::{Pass, Remembered, Rows, judged};
use super::survey::Input;
use crate::checks::{Rules, Verdict};
use crate::engine::{Engine, Event, Job, Journal, Judge, Stop};
use crate::erp::Endpoint;
use crate::model::change::Expected;
use crate::model::code::OwnCode;
use crate::model::patch::Patch;
use crate::model::record::Role;
use crate::model::row::{Row, RowBatch};
use crate::model::rules::SiteRules;
use crate::preview::narrowed;
use crate::report::{Pause, Progress};
use crate::sheet::Table;

/// Batches of rows that may wait for the engine.
const AHEAD: usize = 2;
/// Most rows that are recorded at once as those that may be sent from then on.
const MOST_ROWS: usize = 512;
/// Time between two looks at the clock.
const CLOCK: Duration = Duration::from_secs(1);
/// Time between two looks at the progress while nothing happens.
const TICK: Duration = Duration::from_millis(100);

/// When a run is to stop though there are rows left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Until<'a> {
    /// When it is interrupted.
    pub(super) interrupt: &'a Interrupt,
    /// When the time for sending ends, if it does.
    pub(super) closes_at: Option<Timestamp>,
}

/// Sends the valid rows of a file, as the judge decides if there is one; why the run stopped, if it did.
pub(super) async fn send<E: Endpoint>(
    engine: &mut Engine<'_, E>,
    input: &mut Input,
    site: &Arc<SiteRules>,
    journal: &Arc<Journal>,
    progress: &RefCell<Progress>,
    until: Until<'_>,
    judge: Option<&mut dyn Judge>,
) -> Option<Stop> {
    let (jobs, queue) = mpsc::channel(AHEAD);
    let reader = Reader {
        table: Arc::clone(&input.table),
        baseline: input.baseline.clone(),
        first_read: Arc::clone(&input.survey.first_read),
        limit: input.survey.limit,
        site: Arc::clone(site),
        journal: Arc::clone(journal),
        looks: judge.is_some(),
        window: engine.rows_at_once(MOST_ROWS),
    };
    let reading = tokio::spawn(blocking(move || reader.feed(&jobs)));
    let rejected = &mut input.survey.rejected;
    let mut observer = |event: Event<'_>| -> io::Result<()> {
        if let Event::Ended(job, outcome, stored) = &event {
            journal.append(job, outcome, *stored)?;
            rejected.ended(&job.key, job.place, outcome.status);
        }
        logging::event(&event);
        tell(&mut progress.borrow_mut(), &event);
        Ok(())
    };
    let stop = run(engine, queue, judge, &mut observer, progress, until).await;
    let read = reading.await.unwrap_or_else(|fault| std::panic::resume_unwind(fault.into_panic()));
    stop.or(read.err())
}

/// Lets the engine run until all rows have ended, or it is to stop; how far it is, is told meanwhile.
pub(super) async fn run<E: Endpoint>(
    engine: &mut Engine<'_, E>,
    queue: mpsc::Receiver<Vec<Job>>,
    judge: Option<&mut dyn Judge>,
    observer: &mut dyn FnMut(Event<'_>) -> io::Result<()>,
    progress: &RefCell<Progress>,
    until: Until<'_>,
) -> Option<Stop> {
    let (ask, stops) = watch::channel(None);
    tokio::select! {
        stop = engine.run(queue, stops, judge, observer) => stop,
        () = ticking(progress) => None,
        () = asking(&ask, until) => None,
    }
}

/// What the thread that reads needs.
struct Reader {
    table: Arc<Table>,
    baseline: Option<Arc<Baseline>>,
    first_read: Arc<Remembered>,
    limit: u64,
    site: Arc<SiteRules>,
    journal: Arc<Journal>,
    /// Whether each row is released by itself, when its record is known.
    looks: bool,
    /// Rows that are released at once.
    window: usize,
}

impl Reader {
    /// Hands on the valid rows up to the limit that are left to do, until nobody takes them any more;
    /// why no more of them can be, if so.
    fn feed(&self, jobs: &mpsc::Sender<Vec<Job>>) -> Result<(), Stop> {
        let rules = Rules::new(self.table.layout(), &self.site);
        let mut released = Ok(());
        let mut take = |batch: &RowBatch, verdicts: &[Verdict]| {
            let mut left = self.jobs_of(&rules, batch, verdicts);
            while let Some(last) = left.get(..self.window.min(left.len())).and_then(<[Job]>::last) {
                if !self.looks {
                    released = self.journal.release(last.place.index + 1);
                }
                let rest = left.split_off(self.window.min(left.len()));
                if released.is_err() || jobs.blocking_send(left).is_err() {
                    return ControlFlow::Break(());
                }
                left = rest;
            }
            ControlFlow::Continue(())
        };
        let baseline = self.baseline.as_deref();
        let rows = Rows { table: &self.table, site: &self.site, baseline };
        let read = judged(rows, Pass::Later(&self.first_read), &mut take);
        released
            .map_err(|fault| Stop { code: OwnCode::NotRecorded, message: fault.to_string() })?;
        read.map_err(|fault| Stop { code: OwnCode::FileChanged, message: fault.to_string() })
    }

    fn jobs_of(&self, rules: &Rules<'_>, batch: &RowBatch, verdicts: &[Verdict]) -> Vec<Job> {
        let valid = batch.rows().zip(verdicts).filter(|(_, verdict)| verdict.is_to_send());
        let left = valid.filter(|(row, _)| {
            row.place.index < self.limit && !self.journal.is_done(row.place.index)
        });
        left.map(|(row, verdict)| self.job(rules, row, verdict)).collect()
    }

    /// A row that an earlier leg began to send is sent as it was decided then: what its record holds now may be
    /// its own values.
    fn job(&self, rules: &Rules<'_>, row: Row<'_>, verdict: &Verdict) -> Job {
        let (index, patch) = (row.place.index, left_of(rules.patch(row), verdict));
        let before = self.journal.before(index).cloned();
        let patch = match &before {
            Some(fields) => narrowed(&patch, fields),
            None => patch,
        };
        let doubt = self.journal.doubt(index);
        let stamps = verdict.compared.as_ref().map(|left| &left.stamps);
        let stamps = stamps.filter(|stamps| !stamps.is_empty());
        let expects = rules
            .expected(row)
            .map(Expected::Before)
            .or_else(|| stamps.map(|stamps| Expected::Stamps(stamps.clone())));
        let key = rules.key(row);
        Job { place: row.place, key, patch, doubt, expects, before, asks: None }
    }
}

/// What is left of a patch beside a baseline.
fn left_of(patch: Patch, verdict: &Verdict) -> Patch {
    if verdict.compared.is_none() {
        return patch;
    }
    let mut left = Patch::default();
    for (field, change) in patch.fields() {
        if field.role == Role::Key || verdict.sends(field) {
            left.push(field, change);
        }
    }
    left
}

/// Asks the run to stop when it is interrupted, or when the time for sending ends.
async fn asking(ask: &watch::Sender<Option<Stop>>, until: Until<'_>) {
    let closed = async {
        let Some(closes_at) = until.closes_at else { return std::future::pending().await };
        // The clock of a machine may be set while the run lasts.
        while Timestamp::now() < closes_at {
            sleep(CLOCK).await;
        }
    };
    let (code, message) = tokio::select! {
        () = until.interrupt.asked() => (OwnCode::Interrupted, "the run was interrupted"),
        () = closed => (OwnCode::Window, "the time for sending has ended"),
    };
    ask.send_replace(Some(Stop { code, message: message.to_owned() }));
    std::future::pending::<()>().await;
}

async fn ticking(progress: &RefCell<Progress>) {
    let mut ticks = interval(TICK);
    loop {
        ticks.tick().await;
        progress.borrow_mut().tick(Instant::now());
    }
}

pub(super) fn tell(progress: &mut Progress, event: &Event<'_>) {
    match event {
        Event::Ended(_, outcome, _) => progress.ended(outcome),
        Event::Answered(time) => progress.answered(*time),
        Event::Waited(wait, time) => progress.waited(*wait, *time),
        Event::Held(wait) => {
            let wait_s = wait.as_secs_f64();
            let note = format!("The endpoint asks to wait: nothing is sent for {wait_s:.1} s.");
            progress.pause(Some(Pause::Asked(Instant::now() + *wait)), &note);
        }
        Event::Down(why, wait) => {
            let note = format!(
                "The endpoint does not answer ({why}). It is tried from time to time for up to {} s.",
                wait.as_secs()
            );
            progress.pause(Some(Pause::Down((*why).to_owned(), Instant::now() + *wait)), &note);
        }
        Event::Up => progress.pause(None, "The endpoint answers again."),
        Event::LoginDelayed(why) => {
            let note = format!("The login is tried again: {why}");
            progress.pause(Some(Pause::Login((*why).to_owned())), &note);
        }
    }
}
