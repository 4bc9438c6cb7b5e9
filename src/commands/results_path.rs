//! Where the results of a run may go.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::baseline_read::Compare;
use super::survey::is_same_file;
use crate::config::Config;
use crate::model::mapping::REJECT_COLUMNS;
use crate::report::{RejectsKind, names};
use crate::sheet::Table;

/// Columns of a workbook's sheet.
const MOST_COLUMNS: usize = 16_384;

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

/// Refuses results whose name says that they are something else, or that would take the place of what is read
/// beside the input.
///
/// # Errors
/// They are such.
pub(super) fn for_results(
    results: Option<&Path>,
    config: &Config,
    baseline: &Compare,
) -> anyhow::Result<()> {
    let Some(path) = results.filter(|path| !names::is_standard(path)) else { return Ok(()) };
    let shown = path.display();
    if !names::is_workbook(path) && !names::is_csv(path) {
        bail!("{shown}: results are a .csv or an .xlsx file; name one with --results");
    }
    let csv = names::as_csv(path);
    for read in config.file().into_iter().chain(baseline.path()) {
        if is_same_file(path, read) || is_same_file(&csv, read) {
            let read = read.display();
            bail!(
                "{shown}: the results would take the place of {read}; name another file with --results"
            );
        }
    }
    Ok(())
}

/// Where the results of an input go: nothing for standard output.
///
/// # Errors
/// A file beside the results would take the place of the input.
pub(super) fn results_path(
    wanted: Option<&Path>,
    input: &Path,
    rehearsal: bool,
    kind: &RejectsKind,
) -> anyhow::Result<Option<PathBuf>> {
    let path = match wanted {
        Some(path) if names::is_standard(path) => None,
        Some(path) => Some(path.to_owned()),
        None => Some(names::results(input, rehearsal)),
    };
    let rejects = names::rejects(path.as_deref(), input, kind);
    let csv = path.as_deref().map(names::as_csv);
    let beside = [rejects, names::journal(path.as_deref(), input)];
    if path.iter().chain(&csv).chain(&beside).any(|output| is_same_file(output, input)) {
        bail!(
            "{}: the results would take the place of the input; name another file with --results",
            input.display()
        );
    }
    Ok(path)
}

/// The rejects are in the input's own kind, as far as it has room for the columns that are added.
pub(super) fn rejects_kind(table: &Table) -> RejectsKind {
    let has_room = table.layout().columns.len() + REJECT_COLUMNS.len() <= MOST_COLUMNS;
    match &table.origin().sheet {
        Some(sheet) if has_room => RejectsKind::Workbook { sheet: sheet.clone() },
        _ => RejectsKind::Csv,
    }
}
