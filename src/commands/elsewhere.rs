//! A run of the same rows that left some to do, under another name than the one that is to be continued: the results
//! had a name that was forgotten, or the file has been renamed since.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::earlier::Wish;
use super::file_run::{Places, header};
use super::survey::{Input, is_same_file};
use super::tell;
use super::way_on::WayOn;
use crate::engine::Header;
use crate::model::rules::SiteRules;
use crate::model::target::Target;
use crate::report::names;

/// Says that there is nothing to continue, so that a run is begun; `own` are the files that it is of.
///
/// # Errors
/// The same rows were begun for this target under another name: they would be sent once more.
pub(super) fn refuse(
    input: &Input,
    own: &[PathBuf],
    places: Places<'_>,
    (target, site): (&Target, &SiteRules),
    (wish, way_on): (Wish, WayOn),
    quiet: bool,
) -> anyhow::Result<()> {
    if wish != Wish::Resume || way_on != WayOn::Resume || places.rehearsal {
        return Ok(());
    }
    let results = places.of_results(&input.path).unwrap_or_else(|| input.path.clone());
    let now = header(Some(target), input, site, "");
    let is_own =
        |journal: &Path| own.iter().any(|file| is_same_file(&places.journal(file), journal));
    let mut journals =
        journals_beside(&[&input.path, &results]).into_iter().filter(|path| !is_own(path));
    let found = journals.find_map(|path| {
        Some((Header::read(&path)?, path)).filter(|(then, _)| is_same(then, &now))
    });
    if let Some((then, journal)) = found {
        let named = names::results_of(&journal, &input.path);
        let named = named.display();
        bail!(
            "{}: an earlier run of the same rows ({}) is not finished and stands beside {named}.\nGive --results \"{named}\" --resume to continue it, or --start-over to leave it alone and begin again.",
            input.path.display(),
            then.run_id
        );
    }
    let told = format!(
        "{}: no run to continue was found beside {}; it begins one.",
        input.path.display(),
        results.display()
    );
    tell::unless(quiet, &told);
    Ok(())
}

fn is_same(then: &Header, now: &Header) -> bool {
    let is_of_same_rows = then.rows == now.rows && then.mapping.reads_as(&now.mapping);
    is_of_same_rows && (&then.base_url, &then.data_source) == (&now.base_url, &now.data_source)
}

/// The records of runs in the folders of these files, in the order of their names.
fn journals_beside(files: &[&Path]) -> Vec<PathBuf> {
    let beside = |file: &&Path| {
        let file = file.to_path_buf();
        let entries = names::folder_of(&file).read_dir().into_iter().flatten().flatten();
        entries.map(move |entry| file.with_file_name(entry.file_name()))
    };
    let mut journals: Vec<_> =
        files.iter().flat_map(beside).filter(|path| names::is_journal(path)).collect();
    journals.sort();
    journals
}
