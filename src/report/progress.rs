//! How far the run is: a bar on a terminal, a plain line every ten seconds elsewhere.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use console::colors_enabled_stderr;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::escape;
use super::pace::Pace;
use super::pause::Pause;
use super::sending::{Sending, milliseconds, seconds};
use super::so_far::{Doing, SoFar};
use crate::model::counted::grouped;
use crate::model::limits::Rate;
use crate::model::outcome::Outcome;
use crate::model::waits::Wait;

/// Time between two plain lines.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// Time between two redrawings of the bar's texts.
const DRAW_EVERY: Duration = Duration::from_millis(100);
/// Rows between two looks at the clock.
const LOOK_EVERY: u64 = 16;
/// How long the speed of the rows is remembered, of which the time left is told.
const ROWS_MEMORY: Duration = Duration::from_secs(30);
/// How long the speed of the requests is remembered, which is shown.
const REQUESTS_MEMORY: Duration = Duration::from_secs(3);

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A person at a terminal.
    Terminal,
    /// A log, or a pipe.
    Plain,
    /// Nobody.
    Nobody,
}

/// How far the run is; drawn on standard error.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    audience: Audience,
    rate: Rate,
    total: u64,
    so_far: SoFar,
    started: Instant,
    last_told: Instant,
    rows: Pace,
    requests: Pace,
    pause: Option<Pause>,
    /// Answers before the pause.
    answers_before: u64,
    sending: Sending,
}

impl Progress {
    /// Begins to count `total` rows; at most `rate` requests can be made.
    ///
    /// # Panics
    /// Never: the template of the bar is fixed.
    #[must_use]
    pub fn start(total: u64, rate: Rate, doing: Doing, audience: Audience) -> Self {
        let target = match audience {
            Audience::Terminal => ProgressDrawTarget::stderr(),
            Audience::Plain | Audience::Nobody => ProgressDrawTarget::hidden(),
        };
        let style = ProgressStyle::with_template(
            "{spinner} [{wide_bar:.green}] {percent:>3}%  {prefix}\n  {wide_msg}",
        )
        .expect("the template is fixed, and holds known keys only")
        .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(total), target).with_style(style);
        let now = Instant::now();
        let is_coloured = audience == Audience::Terminal && colors_enabled_stderr();
        Self {
            bar,
            audience,
            rate,
            total,
            so_far: SoFar::new(doing, is_coloured),
            started: now,
            last_told: now,
            rows: Pace::new(ROWS_MEMORY),
            requests: Pace::new(REQUESTS_MEMORY),
            pause: None,
            answers_before: 0,
            sending: Sending::default(),
        }
    }

    /// A row has ended.
    pub fn ended(&mut self, outcome: &Outcome) {
        self.sending.ended(outcome);
        self.so_far.ended(outcome.status);
        let done = self.so_far.done;
        if done.is_multiple_of(LOOK_EVERY) || done == self.total {
            self.tick(Instant::now());
        }
    }

    /// The endpoint answered after so long.
    pub fn answered(&mut self, time: Duration) {
        self.sending.answered(time);
    }

    /// So much time went by, while this kept the next request back.
    pub fn waited(&mut self, wait: Wait, time: Duration) {
        self.sending.waited(wait, time);
    }

    /// What keeps the run from sending from now on, and a line about it; nothing: it goes on.
    pub fn pause(&mut self, pause: Option<Pause>, note: &str) {
        match &pause {
            Some(Pause::Asked(until)) => {
                self.sending.held(until.saturating_duration_since(Instant::now()));
            }
            Some(Pause::Down(..)) => self.sending.down(),
            Some(Pause::Login(_)) => {}
            None => self.sending.up(),
        }
        let is_down = matches!(self.pause, Some(Pause::Down(..)));
        // An endpoint that is down may ask to wait whenever it is tried.
        if !(is_down && matches!(pause, Some(Pause::Asked(_)))) {
            self.pause = pause;
            self.answers_before = self.sending.answers_in_all();
        }
        self.note(note);
    }

    /// Time has passed; tells again if it is time to.
    pub fn tick(&mut self, now: Instant) {
        let every = match self.audience {
            Audience::Terminal => DRAW_EVERY,
            Audience::Plain => PLAIN_EVERY,
            Audience::Nobody => return,
        };
        if now.saturating_duration_since(self.last_told) < every {
            return;
        }
        self.last_told = now;
        self.look(now);
        let (counts, left) = (self.counts(now), self.time_left(now));
        if self.audience == Audience::Terminal {
            self.bar.set_position(self.so_far.done);
            self.bar.set_prefix(left);
            self.bar.set_message(counts);
        } else {
            let (done, total) = (grouped(self.so_far.done), grouped(self.total));
            write_line(&format!("{done} of {total} rows  {counts}  {left}"));
        }
    }

    /// Something that a person should know while the run goes on.
    fn note(&self, text: &str) {
        let text = escape(text);
        match self.audience {
            Audience::Terminal => self.bar.suspend(|| write_line(&text)),
            Audience::Plain => write_line(&text),
            Audience::Nobody => {}
        }
    }

    /// Takes the bar away; how the sending went.
    #[must_use]
    pub fn finish(self) -> Sending {
        self.bar.finish_and_clear();
        self.sending
    }

    /// Measures, and forgets a pause that is over. Time in which nothing could be sent, whatever the speed, says
    /// nothing of the speed.
    fn look(&mut self, now: Instant) {
        let waits = self.sending.waits();
        let still = waits.of(Wait::Hold) + waits.of(Wait::Login);
        self.rows.look(self.so_far.done, waits.total().saturating_sub(still));
        let since = now.saturating_duration_since(self.started);
        self.requests.look(self.sending.answers_in_all(), since);
        let is_answered = self.sending.answers_in_all() > self.answers_before;
        self.pause.take_if(|pause| pause.is_over(now, is_answered));
    }

    /// What became of the rows so far, how fast it goes, and what is waited for.
    fn counts(&self, now: Instant) -> String {
        let text = self.so_far.told(self.total);
        if let Some(pause) = &self.pause {
            let pause = escape(&pause.text(now)).into_owned();
            return text + "  " + &self.so_far.styled(pause).yellow().to_string();
        }
        let speed = self.requests.a_second().unwrap_or(0.0);
        let limit = match self.rate {
            Rate::Unlimited => String::new(),
            limit @ Rate::PerSecond(_) => format!(" of {limit}"),
        };
        let answers = self.sending.answers().map_or_else(String::new, |answers| {
            format!("  answers in {}", milliseconds(answers.p50))
        });
        format!("{text}  {speed:.1}/s{limit}{answers}")
    }

    /// How long the rows that are waiting will take, holds that are known included.
    fn time_left(&self, now: Instant) -> String {
        // Only where each row is one request is the limit one of rows, too.
        let limit = if self.so_far.doing == Doing::Updating { self.rate } else { Rate::Unlimited };
        let Some(left) = self.rows.time_for(self.total.saturating_sub(self.so_far.done), limit)
        else {
            return "time left not known".to_owned();
        };
        match &self.pause {
            Some(Pause::Asked(until)) => {
                format!("{} left", seconds(left + until.saturating_duration_since(now)))
            }
            Some(Pause::Down(..) | Pause::Login(_)) => {
                format!("{} left once it answers", seconds(left))
            }
            None => format!("{} left", seconds(left)),
        }
    }
}

/// A line on standard error. A log that cannot be written to must not stop the run.
pub(super) fn write_line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Status;

    const SECOND: Duration = Duration::from_secs(1);

    fn begun(total: u64, rate: Rate, doing: Doing) -> Progress {
        Progress::start(total, rate, doing, Audience::Nobody)
    }

    /// So many rows are updated in a second in which the rate was waited for.
    fn second(progress: &mut Progress, rows: u64) {
        for _ in 0..rows {
            progress.ended(&Outcome::unsent(Status::Updated, None, String::new()));
            progress.answered(Duration::from_millis(50));
        }
        progress.waited(Wait::Rate, SECOND);
    }

    #[test]
    fn the_time_left_knows_the_rate_limit() {
        let mut progress = begun(1_000, Rate::PerSecond(10.0), Doing::Updating);
        assert_eq!(progress.time_left(progress.started), "1 min 40 s left");
        second(&mut progress, 100);
        let now = progress.started + SECOND;
        progress.look(now);
        assert_eq!(progress.time_left(now), "1 min 30 s left");
        let counts = progress.counts(now);
        let expected = "100 updated, 0 failed, 900 waiting  100.0/s of 10/s  answers in 50 ms";
        assert_eq!(counts, expected);
    }

    #[test]
    fn a_hold_does_not_spoil_the_time_left() {
        let mut progress = begun(1_000, Rate::Unlimited, Doing::Updating);
        for past in 1..=60 {
            second(&mut progress, 5);
            progress.look(progress.started + past * SECOND);
        }
        let held = progress.started + 60 * SECOND;
        assert_eq!(progress.time_left(held), "2 min 20 s left");
        progress.pause = Some(Pause::Asked(held + 30 * SECOND));
        let in_between = held + 20 * SECOND;
        progress.look(in_between);
        assert_eq!(progress.time_left(in_between), "2 min 30 s left");
        assert_eq!(
            progress.counts(in_between),
            "300 updated, 0 failed, 700 waiting  held for 10 s: the endpoint asked to wait"
        );
        // What is known of a hold at last is told when it has passed.
        progress.waited(Wait::Hold, 600 * SECOND);
        let after = held + 600 * SECOND;
        progress.look(after);
        assert_eq!(progress.time_left(after), "2 min 20 s left");
        assert_eq!(progress.pause, None);
    }

    #[test]
    fn a_plan_compares() {
        let mut progress = begun(1_000, Rate::PerSecond(1.0), Doing::Planning);
        for _ in 0..500 {
            progress.ended(&Outcome::unsent(Status::Valid, None, String::new()));
        }
        progress.ended(&Outcome::unsent(Status::Failed, None, String::new()));
        progress.waited(Wait::Answers, 10 * SECOND);
        progress.look(progress.started);
        let told = progress.counts(progress.started);
        assert_eq!(told, "500 compared, 1 could not be, 499 waiting  0.0/s of 1/s");
        let unknown = begun(10, Rate::Unlimited, Doing::Updating);
        assert_eq!(unknown.time_left(unknown.started), "time left not known");
        // One question is for many rows: fifty a second, though the limit is one request.
        assert_eq!(progress.time_left(progress.started), "10 s left");
    }
}
