//! One file of a run, with everything open that will tell of it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::about;
use super::lock::Lock;
use super::made_changes::MadeChanges;
use super::report::RunPage;
use super::results::ResultsFiles;
use super::results_path::rejects_kind;
use super::survey::Input;
use crate::engine::{Header, Interrupted, Journal};
use crate::model::change::REHEARSAL;
use crate::model::mapped::Mapped;
use crate::model::rules::SiteRules;
use crate::model::target::Target;
use crate::report::{RejectsKind, Replace, move_aside, names, sweep};

/// One file of a run.
pub(super) struct FileRun {
    /// The rows.
    pub(super) input: Input,
    /// What a person will read.
    pub(super) results: ResultsFiles,
    /// The record of endings.
    pub(super) journal: Arc<Journal>,
    /// Where the account for machines goes, and what happens to an earlier one.
    pub(super) account: (PathBuf, Replace),
    /// The page of the run, if one is wanted.
    pub(super) page: Option<RunPage>,
    /// Keeps other runs away.
    pub(super) _lock: Lock,
}

/// One file of a run, before anything is opened for it.
pub(super) struct Prepared {
    /// The rows.
    pub(super) input: Input,
    /// The run that is continued.
    pub(super) earlier: Option<Interrupted>,
    /// Keeps other runs away.
    pub(super) lock: Lock,
}

/// Where a run writes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'a> {
    /// The results, where a person said so; - is standard output.
    pub(super) results: Option<&'a Path>,
    /// The page of the run, if one is wanted.
    pub(super) page: Option<&'a Path>,
    /// Whether it is a rehearsal, which says so in the names that it gives itself, and replaces files of such names.
    pub(super) rehearsal: bool,
    /// Whether a list of the changes is written.
    pub(super) lists_changes: bool,
}

impl<'a> Places<'a> {
    /// Where the account of a run of an input stands.
    pub(super) fn account(self, input: &Path) -> PathBuf {
        names::account(self.beside(input).as_deref(), input)
    }

    /// Every file that a run of an input writes, or would write.
    pub(super) fn outputs(self, input: &Path, kind: &RejectsKind) -> Vec<PathBuf> {
        let results = self.of_results(input);
        let lock = names::lock(results.as_deref(), input);
        let beside = [self.rejects(input, kind), self.changes(input), self.account(input)];
        let own = [self.journal(input), lock];
        let page = self.page.map(Path::to_owned);
        let csv = results.as_deref().map(names::as_csv);
        results.into_iter().chain(csv).chain(page).chain(beside).chain(own).collect()
    }

    /// Where the rejects of an input go.
    pub(super) fn rejects(self, input: &Path, kind: &RejectsKind) -> PathBuf {
        names::rejects(self.beside(input).as_deref(), input, kind)
    }

    /// Where the list of the changes of a run of an input goes.
    pub(super) fn changes(self, input: &Path) -> PathBuf {
        names::changes(self.beside(input).as_deref(), input)
    }

    /// How an earlier file of that name is treated: only of one that a rehearsal gave its name is it known whose it is.
    pub(super) fn replace(self) -> Replace {
        if self.rehearsal && self.results.is_none() { Replace::Own } else { Replace::MoveAside }
    }

    /// Where the record of endings of an input stands.
    pub(super) fn journal(self, input: &Path) -> PathBuf {
        names::journal(self.beside(input).as_deref(), input)
    }

    /// Keeps other runs away from the results of an input.
    ///
    /// # Errors
    /// Another run holds them, or they cannot be written where they should stand.
    pub(super) fn lock(self, input: &Path) -> anyhow::Result<Lock> {
        let results = self.of_results(input);
        let path = names::lock(results.as_deref(), input);
        Lock::of_results(&path, results.as_deref().unwrap_or(input), input)
    }

    /// Where the results of an input go: nothing for standard output.
    pub(super) fn of_results(self, input: &Path) -> Option<PathBuf> {
        match self.results {
            Some(_) => self.named().map(Path::to_owned),
            None => Some(names::results(input, self.rehearsal)),
        }
    }

    /// By whose name the files go that stand beside the results.
    fn beside(self, input: &Path) -> Option<PathBuf> {
        if self.rehearsal {
            Some(names::rehearsed(self.named(), input))
        } else {
            self.of_results(input)
        }
    }

    fn named(self) -> Option<&'a Path> {
        self.results.filter(|path| !names::is_standard(path))
    }
}

impl FileRun {
    /// Opens results and the record of endings, so that a run that cannot tell is never begun.
    ///
    /// # Errors
    /// They cannot be written where they should stand.
    pub(super) fn open(
        prepared: Prepared,
        places: Places<'_>,
        target: &Target,
        site: &SiteRules,
        run_id: &str,
    ) -> anyhow::Result<Self> {
        let Prepared { input, earlier, lock } = prepared;
        let replace = places.replace();
        let kind = rejects_kind(&input.table);
        // The lock is held: what is left of unfinished files is of runs that are gone. Only a page may be named by
        // two runs at once; the one that ends last then says that it could not be put in place.
        places.outputs(&input.path, &kind).iter().for_each(|output| sweep(output));
        let path = places.of_results(&input.path);
        let layout = input.table.layout();
        let rejects = places.rejects(&input.path, &kind);
        let list = || {
            let made_on = if places.rehearsal { REHEARSAL.to_owned() } else { target.books() };
            MadeChanges::begin(&places.changes(&input.path), replace, &input, run_id, made_on)
        };
        let changes = places.lists_changes.then(list);
        let to = (target.base_url.as_str(), target.data_source.as_str());
        let facts = about::results(&input.table, Some(to), Some(run_id));
        let results = ResultsFiles::begin(path.as_deref(), &rejects, replace, kind, layout, facts)?
            .with_changes(changes.transpose()?);
        let account = (places.account(&input.path), replace);
        let page = places.page.map(RunPage::begin).transpose()?;
        let journal = if let Some(earlier) = earlier {
            earlier.go_on(run_id.to_owned())?
        } else {
            let path = places.journal(&input.path);
            let file = create_private(&path, replace)?;
            let header = header(Some(target), &input, site, run_id);
            let rows = usize::try_from(input.left()).unwrap_or(0);
            Journal::begin(&path, file, &header, rows)?
        };
        Ok(Self { input, results, journal: Arc::new(journal), account, page, _lock: lock })
    }
}

/// What a run of this input is, and what it depends on.
pub(super) fn header(
    target: Option<&Target>,
    input: &Input,
    site: &SiteRules,
    run_id: &str,
) -> Header {
    Header {
        run_id: run_id.to_owned(),
        rows: input.survey.first_read.fingerprint.whole().to_string(),
        base_url: target.map(|target| target.base_url.clone()).unwrap_or_default(),
        data_source: target.map(|target| target.data_source.clone()).unwrap_or_default(),
        mapping: mapped(input, site),
    }
}

/// How the rows of this input become updates.
pub(super) fn mapped(input: &Input, site: &SiteRules) -> Mapped {
    let mapped = Mapped::of(input.table.layout(), site, input.survey.invalid);
    let baseline = input.baseline.as_ref().map(|baseline| baseline.fingerprint.clone());
    let invalid_rows = input.survey.invalid_rows.digest();
    Mapped { look: input.look, baseline, invalid_rows, ..mapped }
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
