//! Where the results of a run may go.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::baseline_read::Compare;
use super::file_run::Places;
use super::survey::is_same_file;
use crate::config::Config;
use crate::model::mapping::REJECT_COLUMNS;
use crate::model::sheet_limits::MOST_COLUMNS;
use crate::report::{RejectsKind, names};
use crate::sheet::Table;

/// Refuses one file, which this flag names, for several inputs.
///
/// # Errors
/// There are several.
pub(super) fn for_one_file(
    files: &[PathBuf],
    output: Option<&Path>,
    flag: &str,
) -> anyhow::Result<()> {
    if output.is_some() && files.len() > 1 {
        bail!(
            "{flag} names one file, and {} files are to be read; leave it out, or run them one by one",
            files.len()
        );
    }
    Ok(())
}

/// Refuses results whose name says that they are something else.
///
/// # Errors
/// They are such.
pub(super) fn for_results(results: Option<&Path>) -> anyhow::Result<()> {
    let Some(path) = results.filter(|path| !names::is_standard(path)) else { return Ok(()) };
    if !names::is_workbook(path) && !names::is_csv(path) {
        bail!("{}: results are a .csv or an .xlsx file; name one with --results", path.display());
    }
    Ok(())
}

/// Refuses a run of which a file would take the place of one that is read: whatever it writes beside the results, and
/// for whichever of its inputs.
///
/// # Errors
/// There is such a file.
pub(super) fn for_outputs(
    places: Places<'_>,
    files: &[PathBuf],
    tables: &[Table],
    config: &Config,
    baseline: &Compare,
) -> anyhow::Result<()> {
    let read = || files.iter().map(PathBuf::as_path).chain(config.file()).chain(baseline.path());
    for (input, table) in files.iter().zip(tables) {
        for output in places.outputs(input, &rejects_kind(table)) {
            if output.exists()
                && let Some(read) = read().find(|read| is_same_file(&output, read))
            {
                bail!(
                    "{}: what a run of it writes would take the place of {}, which is read; name another file with --results, or rename that one",
                    input.display(),
                    read.display()
                );
            }
        }
    }
    Ok(())
}

/// The rejects are in the input's own kind, as far as it has room for the columns that are added.
pub(super) fn rejects_kind(table: &Table) -> RejectsKind {
    let has_room = table.layout().columns.len() + REJECT_COLUMNS.len() <= MOST_COLUMNS;
    match &table.origin().sheet {
        Some(sheet) if has_room => RejectsKind::Workbook { sheet: sheet.clone() },
        _ => RejectsKind::Csv,
    }
}
