//! Whether a list of changes is of the target that it would be sent to: what one of a test knows says nothing of the
//! live books.

use std::ops::ControlFlow;
use std::path::Path;

use anyhow::bail;
use url::Url;

use crate::model::change::{REHEARSAL, RUN, TARGET};
use crate::model::row::Row;
use crate::model::target::{Target, is_loopback};
use crate::report::{Account, names};
use crate::sheet::Table;

/// Refuses a list of which a change was found or made on another target. Of a list that does not say it, the account
/// of its run does, where it stands beside it.
///
/// # Errors
/// There is such a change, or the list cannot be read.
pub(super) fn check(path: &Path, table: &Table, target: &Target) -> anyhow::Result<()> {
    let layout = table.layout();
    if layout.changes.is_none() {
        return Ok(());
    }
    let place = |name| layout.columns.iter().position(|column| column.header == name);
    let (told, run) = (place(TARGET), place(RUN));
    let beside = || names::account_of_list(path).as_deref().and_then(Account::read);
    let account = if told.is_none() { beside() } else { None };
    let made_on = |row: Row<'_>| match (told, run, &account) {
        (Some(told), _, _) => row.cell(told).to_owned(),
        (None, Some(run), Some(account)) if row.cell(run) == account.run_id => account.books(),
        _ => String::new(),
    };
    let mut other = None;
    table.read(&mut |batch| {
        let of_other = |row| Some((row, made_on(row))).filter(|(_, of)| !is_of(of, target));
        let found = batch.rows().find_map(of_other);
        other = found.map(|(row, of)| (row.place.number, of));
        if other.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let Some((row, made_on)) = other else { return Ok(()) };
    bail!(
        "{}: row {row} is of {made_on}, and would be sent to {} ({}); a list of changes is only for the target that it is of: name that one with --target NAME",
        table.name(),
        target.books(),
        target.name
    )
}

/// Whether a change of such a target is for this one; what a rehearsal did is for any sandbox.
fn is_of(made_on: &str, target: &Target) -> bool {
    let is_local = || Url::parse(&target.base_url).is_ok_and(|url| is_loopback(&url));
    match made_on {
        "" => true,
        REHEARSAL => !target.live && is_local(),
        _ => made_on == target.books(),
    }
}
