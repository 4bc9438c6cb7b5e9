//! A run that left rows to do, told as it stands: by the results that it would write, and before it is left.

use std::path::Path;

use super::about;
use super::earlier::{self, Wish};
use super::file_run::Places;
use super::made_changes::MadeChanges;
use super::results::ResultsFiles;
use super::results_path::rejects_kind;
use super::settle::{Settled, settle};
use super::survey::Input;
use super::tell;
use super::way_on::WayOn;
use crate::engine::{Header, Interrupted, Stop};
use crate::model::code::OwnCode;
use crate::model::mapped::Look;
use crate::model::rules::SiteRules;
use crate::model::target::books;
use crate::report::{Replace, run_of_list};
use crate::sheet::Table;

/// Writes the results of a run as they stand, and what it changed, where its record tells what was there before. Sends
/// nothing; nothing where no run was interrupted.
///
/// # Errors
/// The run was another one, or the results cannot be written.
pub(super) fn as_it_stands(
    mut input: Input,
    places: Places<'_>,
    site: &SiteRules,
    way_on: WayOn,
) -> anyhow::Result<Option<Settled>> {
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
    settle(&input, site, earlier.into_endings(), files, Some(stop)).map(Some)
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
