//! How far the reading of files is: a line with a spinner on a terminal, a plain line every ten seconds elsewhere.

use std::cell::{Cell, RefCell};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::escape;
use super::progress::{Audience, write_line};
use crate::model::counted::grouped;

/// Nothing is drawn for files that are read sooner.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time between two turns of the spinner.
const TURN: Duration = Duration::from_millis(100);
/// Time between two plain lines.
const PLAIN_EVERY: Duration = Duration::from_secs(10);

/// How far the reading of files is; told on standard error.
#[derive(Debug)]
pub struct Reading {
    audience: Audience,
    bar: ProgressBar,
    /// Draws, once it has become worth while; ends with the sender.
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
    file: RefCell<String>,
    rows: Cell<u64>,
    last_told: Cell<Instant>,
}

impl Reading {
    /// Reading begins.
    ///
    /// # Panics
    /// Never: the template of the line is fixed.
    #[must_use]
    pub fn start(audience: Audience) -> Self {
        let style = ProgressStyle::with_template("{spinner} {wide_msg}")
            .expect("the template is fixed, and holds known keys only");
        let hidden = ProgressDrawTarget::hidden();
        let bar = ProgressBar::with_draw_target(None, hidden).with_style(style);
        let drawing = (audience == Audience::Terminal).then(|| {
            let (sender, end) = channel();
            let bar = bar.clone();
            let draw = move || {
                if end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(TURN);
                }
            };
            (sender, thread::spawn(draw))
        });
        let (file, rows, last_told) = (RefCell::default(), Cell::new(0), Cell::new(Instant::now()));
        Self { audience, bar, drawing, file, rows, last_told }
    }

    /// A file is begun.
    pub fn begin(&self, file: &str) {
        let file = escape(file);
        self.bar.set_message(format!("opening {file}"));
        self.file.replace(file.into_owned());
        self.rows.set(0);
    }

    /// A batch of so many more rows of it was read; `part` tells the part of the file that was, from 0 to 1.
    pub fn read(&self, rows: usize, part: impl FnOnce() -> Option<f64>) {
        self.rows.set(self.rows.get() + rows as u64);
        let every = match self.audience {
            Audience::Terminal => TURN,
            Audience::Plain => PLAIN_EVERY,
            Audience::Nobody => return,
        };
        let now = Instant::now();
        if now.saturating_duration_since(self.last_told.get()) < every {
            return;
        }
        self.last_told.set(now);
        let text = told(&self.file.borrow(), self.rows.get(), part());
        match self.audience {
            Audience::Terminal => self.bar.set_message(text),
            _ => write_line(&text),
        }
    }

    /// Tells something else meanwhile.
    pub fn aside<T>(&self, tell: impl FnOnce() -> T) -> T {
        self.bar.suspend(tell)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some((sender, drawing)) = self.drawing.take() {
            drop(sender);
            // It has nothing to say that a person need know.
            let _ = drawing.join();
        }
        self.bar.finish_and_clear();
    }
}

fn told(file: &str, rows: u64, part: Option<f64>) -> String {
    let part = part.map(|part| format!(", {:.0}%", part * 100.0)).unwrap_or_default();
    format!("reading {file}: {} rows{part}", grouped(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_and_a_part_is_told_where_it_is_known() {
        assert_eq!(told("a.csv", 1_200_000, Some(0.45)), "reading a.csv: 1,200,000 rows, 45%");
        assert_eq!(told("a.xls", 512, None), "reading a.xls: 512 rows");
    }
}
