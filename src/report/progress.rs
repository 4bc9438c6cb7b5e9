//! How far the run is: a bar on a terminal, a plain line every ten seconds elsewhere.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::escape;
use super::sending::{Sending, milliseconds};
use crate::model::limits::Rate;
use crate::model::outcome::Outcome;
use crate::model::waits::Wait;

/// Time between two plain lines.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// Time between two redrawings of the bar's texts.
const DRAW_EVERY: Duration = Duration::from_millis(100);
/// Times are rounded to the nearest second.
const HALF_A_SECOND: Duration = Duration::from_millis(500);
/// Rows between two looks at the clock.
const LOOK_EVERY: u64 = 16;

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
    done: u64,
    failed: u64,
    started: Instant,
    last_told: Instant,
    sending: Sending,
}

impl Progress {
    /// Begins to count `total` rows, of which at most `rate` can be sent.
    ///
    /// # Panics
    /// Never: the template of the bar is fixed.
    #[must_use]
    pub fn start(total: u64, rate: Rate, audience: Audience) -> Self {
        let target = match audience {
            Audience::Terminal => ProgressDrawTarget::stderr(),
            Audience::Plain | Audience::Nobody => ProgressDrawTarget::hidden(),
        };
        let style = ProgressStyle::with_template(
            "{spinner} [{bar:30}] {human_pos}/{human_len} rows  {wide_msg}",
        )
        .expect("the template is fixed, and holds known keys only")
        .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(total), target).with_style(style);
        let now = Instant::now();
        Self {
            bar,
            audience,
            rate,
            total,
            done: 0,
            failed: 0,
            started: now,
            last_told: now,
            sending: Sending::default(),
        }
    }

    /// A row has ended.
    pub fn ended(&mut self, outcome: &Outcome) {
        self.sending.ended(outcome);
        self.done += 1;
        self.failed += u64::from(!outcome.status.is_good());
        if self.done.is_multiple_of(LOOK_EVERY) || self.done == self.total {
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

    /// The endpoint asks not to be asked for so long.
    pub fn held(&mut self, wait: Duration) {
        self.sending.held(wait);
        self.note(&format!(
            "The endpoint asks to wait: nothing is sent for {:.1} s.",
            wait.as_secs_f64()
        ));
    }

    /// The endpoint does not answer, and is waited for so long.
    pub fn down(&mut self, why: &str, wait: Duration) {
        self.sending.down();
        self.note(&format!(
            "The endpoint does not answer ({why}). It is tried from time to time for up to {} s.",
            wait.as_secs()
        ));
    }

    /// The endpoint answers again.
    pub fn up(&mut self) {
        self.sending.up();
        self.note("The endpoint answers again.");
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
        let state = self.state(now);
        if self.audience == Audience::Terminal {
            self.bar.set_position(self.done);
            self.bar.set_message(state);
        } else {
            write_line(&format!("{} of {} rows  {state}", self.done, self.total));
        }
    }

    /// Something that a person should know while the run goes on.
    pub fn note(&mut self, text: &str) {
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

    /// Rate, failures, the time left, and how fast the endpoint answers.
    fn state(&self, now: Instant) -> String {
        let seconds = now.saturating_duration_since(self.started).as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "a rate to show")]
        let (measured, left) =
            (self.done as f64 / seconds, (self.total - self.done.min(self.total)) as f64);
        let reachable = match self.rate {
            Rate::Unlimited => measured,
            Rate::PerSecond(limit) => measured.min(limit),
        };
        let time_left = if reachable > 0.0 {
            format!(
                "{} left",
                time(Duration::try_from_secs_f64(left / reachable).unwrap_or(Duration::MAX))
            )
        } else {
            "time left not known".to_owned()
        };
        let mut state = format!("{measured:.1}/s  {} not updated  {time_left}", self.failed);
        if let Some(answers) = self.sending.answers() {
            let [half, most] = [answers.p50, answers.p99].map(milliseconds);
            write!(state, "  answers in {half}, 99% in {most}").expect("memory is always written");
        }
        state
    }
}

/// A span of time as people say it, to the second.
pub(super) fn time(span: Duration) -> String {
    let seconds = span.saturating_add(HALF_A_SECOND).as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

fn write_line(text: &str) {
    // A log that cannot be written to must not stop the run.
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_knows_the_rate_limit() {
        let mut progress = Progress::start(1_000, Rate::PerSecond(10.0), Audience::Nobody);
        progress.done = 100;
        progress.failed = 3;
        let state = progress.state(progress.started + Duration::from_secs(1));
        assert_eq!(state, "100.0/s  3 not updated  1 min 30 s left");
        let state = progress.state(progress.started + Duration::from_secs(100));
        assert_eq!(state, "1.0/s  3 not updated  15 min 00 s left");
        (1..=100).for_each(|ms| progress.answered(Duration::from_millis(ms)));
        let state = progress.state(progress.started + Duration::from_secs(100));
        assert!(state.ends_with(" left  answers in 50 ms, 99% in 99 ms"), "{state}");
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let said = [0, 59, 60, 3_599, 7_260].map(|seconds| time(Duration::from_secs(seconds)));
        assert_eq!(said, ["0 s", "59 s", "1 min 00 s", "59 min 59 s", "2 h 01 min"]);
    }
}
