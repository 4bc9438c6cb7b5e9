//! A run that left rows to do, told as it stands: by the results that it would write, and before it is left.

use std::path::Path;

use jiff::Timestamp;

use super::about;
use super::connection::begun_at;
use super::earlier::{self, Wish};
use super::file_run::Places;
use super::judging::Asked;
use super::made_changes::MadeChanges;
use super::results::ResultsFiles;
use super::results_path::rejects_kind;
use super::settle::{Settled, settle};
use super::survey::Input;
use super::tell;
use crate::engine::{Header, Interrupted, Stop};
use crate::model::code::OwnCode;
use crate::model::mapped::Look;
use crate::model::rules::SiteRules;
use crate::model::target::books;
use crate::report::{Replace, Sending, run_of_list};
use crate::sheet::Table;

/// Writes the results of a run as they stand, what it changed, where its record tells what was there before, and the
/// account of it if that is asked for. Sends nothing; nothing where no run was interrupted.
///
/// # Errors
/// The run was another one, or the results cannot be written.
pub(super) fn as_it_stands(
    mut input: Input,
    site: &SiteRules,
    asked: &Asked,
) -> anyhow::Result<Option<Settled>> {
    let (places, way_on) = (asked.places(), asked.way_on);
    let _lock = places.lock(&input.path)?;
    let Some(earlier) = earlier::find(&mut input, places, None, site, (Wish::Resume, way_on))?
    else {
        return Ok(None);
    };
    let kind = rejects_kind(&input.table);
    let (path, rejects) = (places.of_results(&input.path), places.rejects(&input.path, &kind));
    let layout = input.table.layout();
    let Header { run_id, base_url, data_source, mapping, .. } = &earlier.header;
    let facts = about::results(&input.table, Some((base_url, data_source)), Some(run_id));
    let replace = Replace::MoveAside;
    let list = || {
        let made_on = books(data_source, base_url);
        MadeChanges::begin(&places.changes(&input.path), replace, &input, run_id, made_on)
    };
    let changes = (mapping.look != Look::Unseen).then(list).transpose()?;
    let files = ResultsFiles::begin(path.as_deref(), &rejects, replace, kind, layout, facts)?
        .with_changes(changes);
    let message = OwnCode::Interrupted.cause().to_owned();
    let stop = Stop { code: OwnCode::Interrupted, message };
    // Rows that nobody sent, of any part of the file, are left to do.
    input.survey.limit = u64::MAX;
    let header = earlier.header.clone();
    let mut settled = settle(&input, site, earlier.into_endings(), files, Some(stop))?;
    if let Some((target, limits)) = &asked.account
        && books(&header.data_source, &header.base_url) == target.books()
    {
        let begun_at = begun_at(&header.run_id).unwrap_or_else(Timestamp::now);
        let (to, sending) = ((target, limits), Sending::default());
        let account = settled.account(&header.run_id, &input, site, to, begun_at, &sending);
        let written = account.write(&places.account(&input.path), replace)?;
        if written.elsewhere {
            settled.files.extend(tell::placed("Account", &written));
        }
    }
    Ok(Some(settled))
}

/// Says of a run that is left where nothing but its record tells what was there before it.
pub(super) fn tell_left(input: &Path, table: &Table, places: Places<'_>, wish: Wish) {
    // A list of changes tells it itself.
    if wish != Wish::StartOver || places.rehearsal || table.layout().changes.is_some() {
        return;
    }
    let Ok(Some(earlier)) = Interrupted::open(&places.journal(input), &mut |_| {}) else { return };
    let Header { run_id, mapping, .. } = earlier.header;
    let is_listed = || run_of_list(&places.changes(input)).as_ref() == Some(&run_id);
    if mapping.look != Look::Unseen && !is_listed() {
        tell::err(&format!(
            "{}: run {run_id} is left, and what it changed stands only in its record, which is kept under a dated name; to have the list of it for an undo, give --resume --dry-run before --start-over.",
            table.name()
        ));
    }
}
