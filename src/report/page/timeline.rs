//! Requests and times over the time of a run, in bins that become wider as the run becomes longer.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use jiff::Timestamp;

use crate::report::ReadLine;

/// The most bins.
const MOST_BINS: i64 = 96;
/// The width of a bin at first, in milliseconds.
const NARROWEST: i64 = 50;
/// Bins are made wider until there are so few of them, or so many requests in each.
const ENOUGH: i64 = 8;
/// The longest time of a row that is told from longer ones: a day, in milliseconds.
const LONGEST: u64 = 24 * 3_600 * 1_000;
/// Figures to which times are kept.
const FIGURES: u8 = 2;
/// Requests of one row that are told apart.
const MOST_ATTEMPTS: u32 = 1_000;

/// What happened in a span.
#[derive(Clone, Debug)]
pub(super) struct Bin {
    /// First requests of rows.
    pub(super) first: u64,
    /// Requests for rows that were sent again.
    pub(super) again: u64,
    /// Milliseconds from the first request of a row to its end, of the rows that ended here.
    times: Histogram<u32>,
}

impl Default for Bin {
    fn default() -> Self {
        let times = Histogram::new_with_bounds(1, LONGEST, FIGURES)
            .expect("the bounds lie apart, and two figures are fewer than five");
        Self { first: 0, again: 0, times }
    }
}

impl Bin {
    fn take_in(&mut self, other: &Self) {
        self.first += other.first;
        self.again += other.again;
        self.times.add(&other.times).expect("all bins have the same bounds");
    }

    /// Milliseconds in which half of the rows that ended here, and nine of ten, had ended; nothing if none did.
    pub(super) fn times(&self) -> Option<(u64, u64)> {
        let at = |part| self.times.value_at_quantile(part);
        (!self.times.is_empty()).then(|| (at(0.5), at(0.9)))
    }
}

/// The bins of a run.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    width: i64,
    bins: BTreeMap<i64, Bin>,
    span: Option<(i64, i64)>,
}

impl Timeline {
    /// Nothing has happened yet.
    pub(super) fn new() -> Self {
        Self { width: NARROWEST, bins: BTreeMap::new(), span: None }
    }

    /// Counts the requests of a row. Of one that was sent again only the first and the last are known to the
    /// results: the others are taken to lie evenly between them.
    pub(super) fn add(&mut self, line: &ReadLine<'_>) {
        let (Some(end), Some(elapsed)) = (line.finished_at, line.elapsed_ms) else { return };
        let elapsed = elapsed.min(LONGEST);
        let span = i64::try_from(elapsed).unwrap_or(0);
        let end = end.as_millisecond();
        let begin = end - span;
        self.seen(begin);
        self.seen(end);
        let attempts = line.attempts.min(MOST_ATTEMPTS);
        for attempt in 0..attempts {
            let bin = self.bin(begin + span * i64::from(attempt) / i64::from(attempts));
            if attempt == 0 {
                bin.first += 1;
            } else {
                bin.again += 1;
            }
        }
        self.bin(end).times.saturating_record(elapsed);
    }

    /// Makes the bins as wide as a picture needs them.
    pub(super) fn settle(&mut self) {
        let requests: u64 = self.bins.values().map(|bin| bin.first + bin.again).sum();
        let requests = i64::try_from(requests).unwrap_or(i64::MAX);
        while self.count() > ENOUGH && requests / self.count() < ENOUGH {
            self.widen();
        }
    }

    /// The width of a bin in seconds.
    pub(super) fn seconds(&self) -> f64 {
        seconds(self.width)
    }

    /// When the first bin begins; nothing if nothing was sent.
    pub(super) fn begin(&self) -> Option<Timestamp> {
        let (first, _) = self.span?;
        Timestamp::from_millisecond(self.index(first) * self.width).ok()
    }

    /// When the last request or row ended; nothing if nothing was sent.
    pub(super) fn end(&self) -> Option<Timestamp> {
        let (_, last) = self.span?;
        Timestamp::from_millisecond(last).ok()
    }

    /// Seconds from the begin of the first bin to the end of the last.
    pub(super) fn length(&self) -> f64 {
        seconds(self.count() * self.width)
    }

    /// The bins in which something happened, each with the seconds from the begin of the first.
    pub(super) fn bins(&self) -> impl Iterator<Item = (f64, &Bin)> {
        let first = self.span.map_or(0, |(first, _)| self.index(first));
        self.bins.iter().map(move |(index, bin)| (seconds((index - first) * self.width), bin))
    }

    /// Seconds from the begin of the first bin to a time.
    pub(super) fn offset(&self, time: Timestamp) -> f64 {
        let begin = self.begin().map_or(0, Timestamp::as_millisecond);
        seconds(time.as_millisecond() - begin)
    }

    fn index(&self, time: i64) -> i64 {
        time.div_euclid(self.width)
    }

    fn count(&self) -> i64 {
        self.span.map_or(0, |(first, last)| self.index(last) - self.index(first) + 1)
    }

    fn seen(&mut self, time: i64) {
        let (first, last) = self.span.unwrap_or((time, time));
        self.span = Some((first.min(time), last.max(time)));
        while self.count() > MOST_BINS {
            self.widen();
        }
    }

    fn widen(&mut self) {
        self.width *= 2;
        for (index, bin) in std::mem::take(&mut self.bins) {
            self.bins.entry(index.div_euclid(2)).or_default().take_in(&bin);
        }
    }

    fn bin(&mut self, time: i64) -> &mut Bin {
        self.bins.entry(self.index(time)).or_default()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a time to show")]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;
    use crate::report::ResultsReader;

    /// The timeline of rows that each ended so many milliseconds after the first moment, after so long, and
    /// after so many requests.
    fn timeline(rows: &[(i64, u64, u32)]) -> Timeline {
        let header = "row,CUSTOMER_ID,CUST_CONTACT,status,http_status,MESSAGE_CODE,MESSAGE,fields,warnings,attempts,elapsed_ms,finished_at\n";
        let lines = rows.iter().map(|(end, elapsed, attempts)| {
            let end = Timestamp::from_millisecond(1_000_000 + end).expect("a time");
            format!("2,A,B,updated,200,,,CITY,,{attempts},{elapsed},{end}\n")
        });
        let text: String = std::iter::once(header.to_owned()).chain(lines).collect();
        let mut reader = ResultsReader::begin(text.as_bytes(), &CUSTOMER_CONTACT).expect("results");
        let mut timeline = Timeline::new();
        while let Some(line) = reader.read().expect("a line") {
            timeline.add(&line);
        }
        timeline.settle();
        timeline
    }

    #[test]
    fn bins_become_wider_with_the_run_and_lose_no_request() {
        for last in [10, 1_000, 100_000, 10_000_000, 1_000_000_000] {
            let rows: Vec<_> = (0..1_000).rev().map(|row| (row * last / 1_000, 5, 1)).collect();
            let timeline = timeline(&rows);
            let (count, first): (i64, u64) = timeline
                .bins()
                .fold((0, 0), |(count, first), (_, bin)| (count + 1, first + bin.first));
            assert!(count <= MOST_BINS, "{last}: {count}");
            assert_eq!(first, 1_000, "{last}");
            assert!(timeline.length() * 1_000.0 >= f64::from(i32::try_from(last).expect("small")));
        }
    }

    #[test]
    fn rows_that_were_sent_again_and_their_times_are_told_apart() {
        let timeline = timeline(&[(100, 10, 1), (60_000, 40_000, 3)]);
        let sums = timeline
            .bins()
            .fold((0, 0), |(first, again), (_, bin)| (first + bin.first, again + bin.again));
        assert_eq!(sums, (2, 2));
        let slowest =
            timeline.bins().filter_map(|(_, bin)| bin.times()).map(|(_, most)| most).max();
        assert!(slowest.is_some_and(|most| (40_000..41_000).contains(&most)), "{slowest:?}");
    }

    #[test]
    fn nothing_sent_is_no_picture() {
        let timeline = timeline(&[]);
        assert_eq!((timeline.begin(), timeline.bins().count()), (None, 0));
    }
}
