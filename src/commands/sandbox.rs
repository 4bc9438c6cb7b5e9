//! `sandbox`: the stand-in of the endpoint, until it is interrupted.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use jiff::SignedDuration;

use super::blocking::{blocking, tolerate_closed_pipe};
use super::interrupt::Interrupt;
use super::tell;
use crate::checks::Rules;
use crate::cli::SandboxArgs;
use crate::config::defaults::CLEAR_MARK;
use crate::exit::ExitCode;
use crate::model::counted::counted_are;
use crate::model::mapping::{HiddenRows, Mapping, SheetChoice};
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Row;
use crate::model::rules::SiteRules;
use crate::sandbox::{DATA_SOURCE, PASSWORD, Sandbox, Setup, USER_NAME};
use crate::sheet::{Source, Table};

/// Serves until the first interruption, which is the way to end it.
pub(super) async fn run(args: SandboxArgs, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    let setup = blocking(move || setup(&args)).await?;
    let sandbox = Sandbox::start(setup).context("the sandbox cannot be started")?;
    let mut out = io::stdout().lock();
    let told = writeln!(
        out,
        "The sandbox listens on {}\n  data source {DATA_SOURCE}, user {USER_NAME}, password {PASSWORD}\nCtrl-C ends it.",
        sandbox.base_url()
    );
    tolerate_closed_pipe(told.and_then(|()| out.flush()))?;
    drop(out);
    interrupt.asked().await;
    drop(sandbox);
    Ok(ExitCode::Done)
}

fn setup(args: &SandboxArgs) -> anyhow::Result<Setup> {
    Ok(Setup {
        port: args.port.unwrap_or_default(),
        latency: time("--latency", args.latency.as_deref())?.unwrap_or_default(),
        jitter: time("--jitter", args.jitter.as_deref())?.unwrap_or_default(),
        token_uses: args.token_uses,
        token_lifetime: time("--token-lifetime", args.token_lifetime.as_deref())?,
        contacts: args.contacts.as_deref().map(contacts).transpose()?,
        cut: args.cut.iter().map(|text| cut(text)).collect::<anyhow::Result<_>>()?,
        upper: args.upper.clone(),
        faults: args.fault.iter().map(|text| Ok(text.parse()?)).collect::<anyhow::Result<_>>()?,
        site_rules: !args.no_site_rules,
        // Nobody asks this one what it received.
        record: false,
        ..Setup::default()
    })
}

fn time(flag: &str, text: Option<&str>) -> anyhow::Result<Option<Duration>> {
    let Some(text) = text else { return Ok(None) };
    let time: Option<Duration> =
        text.parse::<SignedDuration>().ok().and_then(|time| time.try_into().ok());
    time.map(Some).ok_or_else(|| anyhow!("{flag} {text}: not a time; write it as 50ms, 5s or 1m"))
}

fn cut(text: &str) -> anyhow::Result<(String, usize)> {
    let parts = text
        .split_once('=')
        .and_then(|(field, length)| Some((field.trim().to_owned(), length.trim().parse().ok()?)));
    parts.ok_or_else(|| anyhow!("--cut {text}: write it as FIELD=N"))
}

/// The contacts that the rows of a spreadsheet describe, the hidden ones too: nothing of it is sent.
fn contacts(file: &Path) -> anyhow::Result<Vec<BTreeMap<String, String>>> {
    let choice = SheetChoice { hidden_rows: Some(HiddenRows::Include), ..SheetChoice::default() };
    let source = Source::open(file, None)?;
    let table = Table::open(source, &choice, &Mapping::default(), &CUSTOMER_CONTACT)?;
    let site = SiteRules::with_mark(CLEAR_MARK);
    let rules = Rules::new(table.layout(), &site);
    let fields_of = |row: Row<'_>| {
        let patch = rules.patch(row);
        patch.fields().map(|(field, set)| (field.name.to_owned(), set.value().to_owned())).collect()
    };
    let is_contact = |row: &Row<'_>| row.faults.is_empty() && rules.key(*row).is_complete();
    let mut contacts = Vec::new();
    let mut left_out = Vec::new();
    table.read(&mut |batch| {
        let (good, bad): (Vec<_>, Vec<_>) = batch.rows().partition(is_contact);
        contacts.extend(good.into_iter().map(fields_of));
        left_out.extend(bad.into_iter().map(|row| row.place.number));
        ControlFlow::Continue(())
    })?;
    if let Some(first) = left_out.first() {
        let rows = counted_are(left_out.len() as u64, "row");
        tell::err(&format!(
            "{}: {rows} left out, since no contact can be told from them (the first is row {first}); rowpatch check says why",
            file.display()
        ));
    }
    Ok(contacts)
}
