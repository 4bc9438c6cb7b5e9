//! The time of day in which rows may be sent.

use std::str::FromStr;

use jiff::civil::Time;
use jiff::{Timestamp, ToSpan as _, ZonedDateTime};

/// A span of the day in local time; it may go past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    opens: Time,
    closes: Time,
}

impl Window {
    /// When the window closes that is open now; nothing if it is not open.
    #[must_use]
    pub fn closes_at(self, now: &ZonedDateTime) -> Option<Timestamp> {
        let time = now.time();
        let goes_past_midnight = self.closes <= self.opens;
        let is_open = if goes_past_midnight {
            time >= self.opens || time < self.closes
        } else {
            (self.opens..self.closes).contains(&time)
        };
        let closes_tomorrow = goes_past_midnight && time >= self.opens;
        let day = if closes_tomorrow { now.date().checked_add(1.day()).ok()? } else { now.date() };
        let closes =
            day.to_datetime(self.closes).to_zoned_datetime(now.time_zone().clone()).ok()?;
        is_open.then(|| closes.timestamp())
    }
}

impl FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = |text: &str| {
            let (hours, minutes) = text.trim().split_once(':')?;
            Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()
        };
        let window = text
            .split_once('-')
            .and_then(|(opens, closes)| Some(Self { opens: time(opens)?, closes: time(closes)? }));
        window.filter(|window| window.opens != window.closes).ok_or_else(|| {
            format!("= \"{text}\" is not a span of the day; write it as 22:00-05:30, in local time")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closes(window: &str, now: &str) -> Option<String> {
        let window: Window = window.parse().expect("a window");
        let now: ZonedDateTime = now.parse().expect("a time");
        let closes = window.closes_at(&now)?;
        Some(closes.to_zoned_datetime(now.time_zone().clone()).strftime("%d %H:%M").to_string())
    }

    #[test]
    fn a_window_is_open_from_its_first_minute_to_before_its_last() {
        let day = |time: &str| format!("2026-11-24T{time}:00+01:00[Europe/Berlin]");
        assert_eq!(closes("22:00-05:30", &day("22:00")).as_deref(), Some("25 05:30"));
        assert_eq!(closes("22:00-05:30", &day("05:29")).as_deref(), Some("24 05:30"));
        assert_eq!(closes("22:00-05:30", &day("05:30")), None);
        assert_eq!(closes("22:00-05:30", &day("21:59")), None);
        assert_eq!(closes("08:00-12:00", &day("08:00")).as_deref(), Some("24 12:00"));
        assert_eq!(closes("08:00-12:00", &day("12:00")), None);
    }

    #[test]
    fn what_is_no_window_is_refused() {
        for wrong in ["", "22:00", "22-5", "22:00-22:00", "25:00-01:00", "22:00-01:60"] {
            assert!(wrong.parse::<Window>().is_err(), "{wrong}");
        }
    }
}
