//! What is told of a file that an import took, beside what its run writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::Importer;
use super::claimed::Claimed;
use crate::cli::Format;
use crate::commands::baseline_read::Compare;
use crate::commands::blocking::{blocking, unless_interrupted};
use crate::commands::interrupt::Interrupt;
use crate::commands::judging::{Asked, as_they_stand, judge_files};
use crate::commands::tell;
use crate::commands::way_on::WayOn;
use crate::config::{Config, Settings};
use crate::exit::ExitCode;
use crate::report::names;

impl Importer {
    /// Writes results, changes and the account of a file whose rows are not sent any more, as far as it was sent.
    pub(super) async fn tell_standing(&self, claimed: &Claimed, interrupt: &Interrupt) {
        if !claimed.has_rows_left() {
            return;
        }
        self.tell(claimed, None, interrupt, as_they_stand).await;
    }

    /// Writes the results and the rejects of a file of which nothing was sent, so that it can be mended.
    pub(super) async fn tell_invalid(&self, claimed: &Claimed, interrupt: &Interrupt) {
        let results = names::results(claimed.file(), false);
        self.tell(claimed, Some(results), interrupt, judge_files).await;
    }

    /// Tells of a file, and sends nothing of it.
    async fn tell(
        &self,
        claimed: &Claimed,
        results: Option<PathBuf>,
        interrupt: &Interrupt,
        by: fn(&[PathBuf], &Asked, &Config, &Settings, &AtomicBool) -> anyhow::Result<ExitCode>,
    ) {
        let (limit, format, baseline) = (u64::MAX, Format::Text, Compare::Nothing);
        let way_on = WayOn::NextImport;
        let account = Some((self.destination.target.clone(), self.destination.limits.clone()));
        let asked = Asked { results, limit, all: false, format, baseline, way_on, account };
        let (file, config) = (claimed.file().to_owned(), self.config.clone());
        let (settings, flag) = (self.settings.clone(), Arc::clone(interrupt.flag()));
        let told = blocking(move || by(&[file], &asked, &config, &settings, &flag)).await;
        if let Err(fault) = told {
            tell::err(&format!("rowpatch: {fault:#}"));
        }
    }

    /// Who goes on with a file that is left: no import does with one that it could not begin.
    pub(super) fn left(&self, claimed: &Claimed, code: ExitCode) -> String {
        let name = claimed.name();
        if code != ExitCode::NothingSent {
            return format!("{name}: is not finished; the next import goes on with it.");
        }
        let config = self.config.file().map(|path| format!(" --config \"{}\"", path.display()));
        format!(
            "{name}: is not finished, and keeps the files after it waiting until this is mended. To leave what was begun and begin again, move the file back into the inbox, or give: rowpatch update \"{}\" --target \"{}\"{} --start-over\nThe next import then takes it, or puts it away.",
            claimed.file().display(),
            self.destination.target.name,
            config.unwrap_or_default()
        )
    }

    /// Runs the program of a person's choice, which is told how a file ended. It is begun also where the import was
    /// interrupted, but then its end is hardly waited for.
    pub(super) async fn tell_program(
        &self,
        folder: &Path,
        name: &str,
        code: ExitCode,
        interrupt: &Interrupt,
    ) {
        let Some(program) = &self.import.on_finish else { return };
        let mut command = program.command();
        command.env("ROWPATCH_EXIT_CODE", code.number().to_string());
        // Of a file that was not sent there is none.
        let account = folder.join(format!("{name}.run.json"));
        command.env("ROWPATCH_RUN_JSON", if account.exists() { account } else { PathBuf::new() });
        let ended = match command.spawn() {
            Ok(mut child) => unless_interrupted(interrupt, move || child.wait()).await,
            Err(fault) => Some(Err(fault)),
        };
        let told = match ended {
            Some(Ok(status)) if status.success() => return,
            Some(Ok(status)) => format!("ended with {status}"),
            Some(Err(fault)) => format!("cannot be run: {fault}"),
            None => "was not waited for, since the import was interrupted".to_owned(),
        };
        tell::err(&format!("[import] on_finish: {program} {told}"));
    }
}
