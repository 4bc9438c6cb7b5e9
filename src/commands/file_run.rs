//! One file of a run, with everything open that will tell of it.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;

use super::results::{ResultsFiles, rejects_kind, results_path};
use super::survey::Input;
use crate::engine::{Header, Journal};
use crate::model::target::Target;
use crate::report::{Replace, move_aside, names};

/// One file of a run.
pub(super) struct FileRun {
    /// The rows.
    pub(super) input: Input,
    /// What a person will read.
    pub(super) results: ResultsFiles,
    /// The record of endings.
    pub(super) journal: Journal,
}

/// Where a run writes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'a> {
    /// The results, where a person said so; - is standard output.
    pub(super) results: Option<&'a Path>,
    /// Whether it is a rehearsal, which says so in the names and replaces its own files.
    pub(super) rehearsal: bool,
}

impl FileRun {
    /// Opens results and the record of endings, so that a run that cannot tell is never begun.
    ///
    /// # Errors
    /// They cannot be written where they should stand.
    pub(super) fn open(
        input: Input,
        places: Places<'_>,
        target: &Target,
        run_id: &str,
    ) -> anyhow::Result<Self> {
        let replace = if places.rehearsal { Replace::Own } else { Replace::MoveAside };
        let kind = rejects_kind(&input.table);
        let path = results_path(places.results, &input.path, places.rehearsal, &kind)?;
        let layout = input.table.layout();
        let results = ResultsFiles::begin(path.as_deref(), &input.path, replace, kind, layout)?;
        let journal_path = names::journal(path.as_deref(), &input.path);
        let file = create_private(&journal_path, replace)?;
        let journal = Journal::begin(&journal_path, file, &header(target, &input, run_id))?;
        Ok(Self { input, results, journal })
    }
}

fn header(target: &Target, input: &Input, run_id: &str) -> Header {
    let columns = input.table.layout().columns.iter().map(|column| {
        let fields = column.sets.iter().flatten().map(|field| field.name.to_owned());
        (column.header.clone(), fields.collect())
    });
    Header {
        run_id: run_id.to_owned(),
        rows: input.survey.first_read.fingerprint.whole().to_string(),
        base_url: target.base_url.clone(),
        data_source: target.data_source.clone(),
        columns: columns.collect(),
    }
}

/// Creates a file that only the user can read; an earlier one is kept under a dated name, or
/// replaced if it is of a rehearsal.
fn create_private(path: &Path, replace: Replace) -> anyhow::Result<File> {
    match replace {
        Replace::MoveAside => drop(move_aside(path)?),
        Replace::Own => match std::fs::remove_file(path) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                return Err(fault)
                    .with_context(|| format!("{} cannot be replaced", path.display()));
            }
            _ => {}
        },
    }
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| {
        format!("{} cannot be written; name another folder with --results", path.display())
    })
}
