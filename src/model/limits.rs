//! How fast, how often and how long: the numbers that bound a run.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// The most requests that may be made in a span of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// As fast as the answers come.
    Unlimited,
    /// So many a second.
    PerSecond(f64),
}

impl Rate {
    /// The slower of two rates.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        match (self, other) {
            (Self::PerSecond(a), Self::PerSecond(b)) => Self::PerSecond(a.min(b)),
            (Self::Unlimited, limited) | (limited, Self::Unlimited) => limited,
        }
    }

    /// Requests that can be made in a time, rounded up; nothing where there is no limit.
    #[must_use]
    pub fn requests_in(self, time: Duration) -> Option<usize> {
        match self {
            Self::Unlimited => None,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a rate is at most 100,000 a second, and positive"
            )]
            Self::PerSecond(rate) => Some((rate * time.as_secs_f64()).ceil() as usize),
        }
    }

    /// The shortest time in which `requests` can be made.
    #[must_use]
    pub fn time_for(self, requests: u64) -> Option<Duration> {
        match self {
            Self::Unlimited => None,
            #[expect(clippy::cast_precision_loss, reason = "a time to show, in seconds")]
            Self::PerSecond(rate) => Duration::try_from_secs_f64(requests as f64 / rate).ok(),
        }
    }
}

/// The units of time that a rate can be for, each with its seconds.
const UNITS: [(&str, f64); 3] = [("s", 1.0), ("m", 60.0), ("h", 3600.0)];
/// Fewest and most requests a second that can be asked for.
const RATES: std::ops::RangeInclusive<f64> = (1.0 / 3600.0)..=100_000.0;

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("unlimited") {
            return Ok(Self::Unlimited);
        }
        let (count, unit) = text.split_once('/').unwrap_or((text, "s"));
        let unit = UNITS.into_iter().find(|(name, _)| *name == unit.trim());
        let (_, seconds) = unit.ok_or_else(|| not_a_rate(text))?;
        let count: f64 = count.trim().parse().map_err(|_| not_a_rate(text))?;
        let rate = count / seconds;
        if RATES.contains(&rate) { Ok(Self::PerSecond(rate)) } else { Err(not_a_rate(text)) }
    }
}

fn not_a_rate(text: &str) -> String {
    format!("\"{text}\" is not a rate; write 10/s, 600/m or unlimited (from 1/h to 100000/s)")
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => f.write_str("unlimited"),
            Self::PerSecond(rate) => {
                let text = |(unit, seconds): (&str, f64)| {
                    let count = (rate * seconds * 1e6).round() / 1e6;
                    (count >= 1.0).then(|| format!("{count}/{unit}"))
                };
                // In another unit it must not become another rate.
                let mut texts = UNITS.into_iter().filter_map(text);
                match texts.find(|text| text.parse() == Ok(*self)) {
                    Some(text) => f.write_str(&text),
                    None => write!(f, "{rate}/s"),
                }
            }
        }
    }
}

/// How many rows may fail before the run stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxFailures {
    /// Stop when more rows than this have failed.
    Rows(u64),
    /// Stop when more than this percentage of the rows to send have failed.
    Percent(f64),
}

impl MaxFailures {
    /// The most rows that may fail, of `to_send` rows.
    #[must_use]
    pub fn rows(self, to_send: u64) -> u64 {
        match self {
            Self::Rows(rows) => rows,
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a part of a count of rows, never negative; rounded down"
            )]
            Self::Percent(percent) => (to_send as f64 * percent / 100.0) as u64,
        }
    }
}

impl FromStr for MaxFailures {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault =
            || format!("\"{text}\" is not a number of rows, such as 100, or a part, such as 5%");
        match text.trim().strip_suffix('%') {
            Some(percent) => {
                let percent: f64 = percent.trim().parse().map_err(|_| fault())?;
                if (0.0..=100.0).contains(&percent) {
                    Ok(Self::Percent(percent))
                } else {
                    Err(fault())
                }
            }
            None => text.trim().parse().map(Self::Rows).map_err(|_| fault()),
        }
    }
}

impl fmt::Display for MaxFailures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// The waits between attempts: each a random part of a span that doubles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first span.
    pub min: Duration,
    /// The longest span.
    pub max: Duration,
}

/// Everything that bounds a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Requests a second, retries and token calls included.
    pub rate: Rate,
    /// Requests in flight at once.
    pub concurrency: usize,
    /// How often a row is sent again after an answer that is worth it.
    pub retries: u32,
    /// When to stop for failures; by default when the first 20 sent all fail.
    pub max_failures: Option<MaxFailures>,
    /// The waits between attempts.
    pub backoff: Backoff,
    /// How long to wait for an endpoint that is down.
    pub wait_for_endpoint: Duration,
    /// Codes of the ERP that are worth a retry.
    pub retry_codes: Vec<String>,
}

macro_rules! as_text_in_files {
    ($type:ty, $expecting:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                    fn visit_i64<E: de::Error>(self, number: i64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }
                    fn visit_u64<E: de::Error>(self, number: u64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }
                }
                deserializer.deserialize_any(Text)
            }
        }
    };
}

as_text_in_files!(Rate, "a rate such as \"10/s\"");
as_text_in_files!(MaxFailures, "a number of rows, or a part such as \"5%\"");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        let read = |text: &str| text.parse::<Rate>();
        assert_eq!(read("10/s"), Ok(Rate::PerSecond(10.0)));
        assert_eq!(read("600 / m"), Ok(Rate::PerSecond(10.0)));
        assert_eq!(read("2.5"), Ok(Rate::PerSecond(2.5)));
        assert_eq!(read("Unlimited"), Ok(Rate::Unlimited));
        for wrong in ["0", "-1/s", "10/d", "nan", "inf", "fast", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rates_are_told_in_few_digits_and_read_again_as_they_were() {
        for (given, told) in [
            ("10/s", "10/s"),
            ("2.5/s", "2.5/s"),
            ("600/m", "10/s"),
            ("100/m", "100/m"),
            ("50/m", "50/m"),
            ("0.5/s", "30/m"),
            ("100/h", "100/h"),
            ("1/h", "1/h"),
            ("3.14159/s", "3.14159/s"),
            ("100000/s", "100000/s"),
        ] {
            let rate: Rate = given.parse().expect("a rate");
            assert_eq!(rate.to_string(), told);
            assert_eq!(told.parse(), Ok(rate));
        }
        for count in 1..=100_000_u32 {
            let rate: Rate = format!("{count}/h").parse().expect("a rate");
            assert_eq!(rate.to_string().parse(), Ok(rate), "{count}");
            assert!(rate.to_string().len() < 10, "{rate}");
        }
    }

    #[test]
    fn a_part_of_the_rows_is_rounded_down() {
        assert_eq!("5%".parse::<MaxFailures>().map(|m| m.rows(39)), Ok(1));
        assert_eq!("100%".parse::<MaxFailures>().map(|m| m.rows(39)), Ok(39));
        assert_eq!("7".parse::<MaxFailures>().map(|m| m.rows(39)), Ok(7));
        assert!("101%".parse::<MaxFailures>().is_err());
    }
}
