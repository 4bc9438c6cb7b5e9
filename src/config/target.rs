//! A target as typed, checked and settled.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;
use url::Url;

use super::defaults;
use super::fault::ConfigFault;
use super::layers::{Found, beside};
use super::typed_tables::TypedTarget;
use crate::model::limits::{Backoff, Limits};
use crate::model::target::{Target, is_loopback};

/// Settles one target; `origin` is the name of the `file` that it stands in.
pub(super) fn settle(
    name: &str,
    typed: &TypedTarget,
    origin: &str,
    file: Option<&Found>,
) -> Result<Target, ConfigFault> {
    let place = Place { name, origin };
    let base_url =
        place.required("base_url", typed.base_url.as_ref(), "https://erp.example.com")?;
    place.check_url(&base_url, typed.allow_http.unwrap_or(false))?;
    Ok(Target {
        name: name.to_owned(),
        base_url,
        data_source: place.required("data_source", typed.data_source.as_ref(), "DEMO")?,
        user_name: place.required("user_name", typed.user_name.as_ref(), "APIUSER")?,
        live: typed.live.unwrap_or(false),
        connect_timeout: place.duration(
            "connect_timeout",
            typed.connect_timeout.as_ref(),
            defaults::CONNECT_TIMEOUT,
        )?,
        request_timeout: place.duration(
            "request_timeout",
            typed.request_timeout.as_ref(),
            defaults::REQUEST_TIMEOUT,
        )?,
        ca_file: typed.ca_file.as_deref().map(|path| beside(file, path)),
        proxy: typed.proxy.clone(),
    })
}

/// The limits of a run against a target: never faster than it allows.
pub(super) fn limits(
    name: &str,
    typed: &TypedTarget,
    origin: &str,
    run: &Limits,
) -> Result<Limits, ConfigFault> {
    let place = Place { name, origin };
    Ok(Limits {
        rate: typed.max_rate.map_or(run.rate, |most| run.rate.min(most)),
        backoff: place.backoff(typed.backoff.as_ref())?,
        wait_for_endpoint: place.duration(
            "wait_for_endpoint",
            typed.wait_for_endpoint.as_ref(),
            defaults::WAIT_FOR_ENDPOINT,
        )?,
        retry_codes: typed.retry_codes.clone().unwrap_or_default(),
        ..run.clone()
    })
}

struct Place<'a> {
    name: &'a str,
    origin: &'a str,
}

impl Place<'_> {
    fn fault(&self, key: &str, text: &str) -> ConfigFault {
        ConfigFault::new(self.origin, format!("[targets.{}] {key} {text}", self.name))
    }

    fn required(
        &self,
        key: &str,
        value: Option<&String>,
        example: &str,
    ) -> Result<String, ConfigFault> {
        match value.map(|value| value.trim()).filter(|value| !value.is_empty()) {
            Some(value) => Ok(value.to_owned()),
            None => Err(self.fault(key, &format!("is missing; write it as {key} = \"{example}\""))),
        }
    }

    /// The password and the token must not cross a network in the clear, nor go where nobody meant them to.
    fn check_url(&self, text: &str, allow_http: bool) -> Result<(), ConfigFault> {
        let fault = |text: &str| self.fault("base_url", text);
        // What was written is not shown: a password may stand in it.
        let url = Url::parse(text)
            .map_err(|_| fault("is not an address; write it as https://erp.example.com"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault(
                "must not hold a user or a password; write user_name, and keep the password out of this file",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(fault("must end with the server's name or a folder, without ? and #"));
        }
        match url.scheme() {
            "https" => Ok(()),
            "http" if allow_http || is_loopback(&url) => Ok(()),
            "http" => Err(fault(
                "is http://, which anybody on the way can read; write https://, or allow_http = true",
            )),
            _ => Err(fault("must begin with https://")),
        }
    }

    fn duration(
        &self,
        key: &str,
        value: Option<&String>,
        default: Duration,
    ) -> Result<Duration, ConfigFault> {
        value.map_or(Ok(default), |text| {
            parse(text).ok_or_else(|| {
                self.fault(
                    key,
                    &format!(
                        "= \"{text}\" is not a time up to a week; write it as 500ms, 10s or 10m"
                    ),
                )
            })
        })
    }

    fn backoff(&self, value: Option<&String>) -> Result<Backoff, ConfigFault> {
        let Some(text) = value else { return Ok(defaults::BACKOFF) };
        let span = text
            .split_once("..")
            .and_then(|(min, max)| Some(Backoff { min: parse(min)?, max: parse(max)? }));
        span.filter(|span| span.min <= span.max).ok_or_else(|| {
            self.fault(
                "backoff",
                &format!("= \"{text}\" is not a span of time; write it as 500ms..30s"),
            )
        })
    }
}

/// Shortest and longest time that can be asked for; a clock cannot add up endless ones.
const TIMES: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_hours(7 * 24);

/// A time within [`TIMES`], in the friendly format of jiff.
fn parse(text: &str) -> Option<Duration> {
    let time: SignedDuration = text.trim().parse().ok()?;
    Duration::try_from(time).ok().filter(|time| TIMES.contains(time))
}
