//! Files that are looked at, and not sent: they are judged, or told as an interrupted run left them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::about;
use super::baseline::Baseline;
use super::baseline_read::Compare;
use super::check::Check;
use super::file_run::Places;
use super::pipeline::Rows;
use super::prepare::survey_of;
use super::results_path::{for_one_file, for_outputs, for_results};
use super::standing;
use super::survey::{self, Purpose, Survey};
use super::tell;
use super::way_on::WayOn;
use crate::checks::Verdict;
use crate::cli::Format;
use crate::config::{Config, Settings};
use crate::exit::ExitCode;
use crate::model::limits::Limits;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::row::Row;
use crate::model::target::Target;
use crate::report::Reading;
use crate::sheet::Table;

/// What is asked of a check beside the settings.
#[derive(Clone)]
pub(super) struct Asked {
    /// Where the results go, if anywhere.
    pub(super) results: Option<PathBuf>,
    /// Rows from this one on are not looked at.
    pub(super) limit: u64,
    /// Whether every finding is listed.
    pub(super) all: bool,
    /// How findings are listed.
    pub(super) format: Format,
    /// What rows are compared with, if with anything.
    pub(super) baseline: Compare,
    /// Who goes on with rows that are left to do, where a run is told as it stands.
    pub(super) way_on: WayOn,
    /// Where a run that is told as it stands went, if that is known and an account of it is wanted.
    pub(super) account: Option<(Target, Limits)>,
}

impl Asked {
    /// Where results go, or would go.
    pub(super) fn places(&self) -> Places<'_> {
        let results = self.results.as_deref();
        Places { results, page: None, rehearsal: false, lists_changes: false }
    }
}

/// Judges the files: their findings and counts are told, and results are written where they are asked for.
pub(super) fn judge_files(
    files: &[PathBuf],
    asked: &Asked,
    config: &Config,
    settings: &Settings,
    cancelled: &AtomicBool,
) -> anyhow::Result<ExitCode> {
    let writes = asked.results.is_some();
    each(files, (asked, writes), config, settings, cancelled, |judging, file, table, reading| {
        judging.judge(file, &table, reading)
    })
}

/// Writes the results of interrupted runs as they stand; files without such a run are only checked.
pub(super) fn as_they_stand(
    files: &[PathBuf],
    asked: &Asked,
    config: &Config,
    settings: &Settings,
    cancelled: &AtomicBool,
) -> anyhow::Result<ExitCode> {
    each(files, (asked, true), config, settings, cancelled, Judging::tell_standing)
}

/// Opens the files, and looks at one after the other until nobody wants the rest.
fn each<'a>(
    files: &[PathBuf],
    asked: (&'a Asked, bool),
    config: &'a Config,
    settings: &'a Settings,
    cancelled: &'a AtomicBool,
    look: impl Fn(&mut Judging<'a>, &Path, Table, &Reading) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let reading = Reading::start(tell::audience(settings.quiet));
    let (mut judging, tables) =
        Judging::begin(files, asked, config, settings, cancelled, &reading)?;
    let mut code = ExitCode::Done;
    for (file, table) in files.iter().zip(tables) {
        code = code.gravest(look(&mut judging, file, table, &reading)?);
        if code == ExitCode::Interrupted {
            break;
        }
    }
    Ok(code)
}

/// What files are judged by.
struct Judging<'a> {
    /// What is asked.
    asked: &'a Asked,
    /// Where settings were said.
    config: &'a Config,
    /// How rows are read and judged.
    settings: &'a Settings,
    /// What rows are compared with, if with anything.
    baseline: Option<Arc<Baseline>>,
    /// Whether the rest is not wanted any more.
    cancelled: &'a AtomicBool,
    /// Rows of the files from here on that are looked at.
    left: u64,
}

impl<'a> Judging<'a> {
    /// Opens the files, before any of them is read to its end; whether anything is to be written is told.
    fn begin(
        files: &[PathBuf],
        (asked, writes): (&'a Asked, bool),
        config: &'a Config,
        settings: &'a Settings,
        cancelled: &'a AtomicBool,
        reading: &Reading,
    ) -> anyhow::Result<(Self, Vec<Table>)> {
        for_one_file(files, asked.results.as_deref(), "--results")?;
        for_results(asked.results.as_deref())?;
        let tables = survey::open_all(files, settings, &CUSTOMER_CONTACT, reading)?;
        if writes {
            for_outputs(asked.places(), files, &tables, config, &asked.baseline)?;
        }
        let baseline = asked.baseline.read(files, settings, cancelled)?;
        let left = asked.limit;
        Ok((Self { asked, config, settings, baseline, cancelled, left }, tables))
    }

    /// Writes the results of the next file as an interrupted run left them; without such a run it is only judged.
    ///
    /// # Errors
    /// Those of [`Self::judge`]; the run was another one.
    fn tell_standing(
        &mut self,
        file: &Path,
        table: Table,
        reading: &Reading,
    ) -> anyhow::Result<ExitCode> {
        let (site, baseline) = (&self.settings.site, self.baseline.as_ref());
        let input = survey_of(file, table, site, baseline, u64::MAX, self.cancelled, reading)?;
        if self.cancelled.load(Ordering::Relaxed) {
            return Ok(ExitCode::Interrupted);
        }
        let (table, rows) = (Arc::clone(&input.table), input.survey.rows);
        let Some(settled) = reading.aside(|| standing::as_it_stands(input, site, self.asked))?
        else {
            return self.judge(file, &table, reading);
        };
        self.left = self.left.saturating_sub(rows);
        let told = settled.standing(table.name(), self.asked.way_on);
        reading.aside(|| tell::unless(self.settings.quiet, told.trim_end()));
        Ok(ExitCode::of_rows(&settled.tally))
    }

    /// Judges the next file: its findings and counts are told, and results are written where they are asked for.
    ///
    /// # Errors
    /// It cannot be read, or the results cannot be written.
    fn judge(&mut self, file: &Path, table: &Table, reading: &Reading) -> anyhow::Result<ExitCode> {
        let Self { asked, config, settings, cancelled, left, .. } = *self;
        let baseline = self.baseline.as_deref();
        let mut check = Check::begin(file, table, settings, asked, left)?;
        reading.aside(|| check.tell_facts(&about::settings(config, &settings.site)));
        let look = &mut |row: Row<'_>, verdict: &Verdict| check.look(row, verdict, reading);
        let rows = Rows { table, site: &settings.site, baseline };
        let survey = Survey::of(rows, left, Purpose::Check, cancelled, reading, look)?;
        if cancelled.load(Ordering::Relaxed) {
            return Ok(ExitCode::Interrupted);
        }
        let repeats = check.repeats(&survey, cancelled)?;
        if cancelled.load(Ordering::Relaxed) {
            return Ok(ExitCode::Interrupted);
        }
        self.left = left.saturating_sub(survey.rows);
        reading.aside(|| check.finish(&survey, &repeats, baseline))?;
        Ok(ExitCode::of_rows(&survey.tally))
    }
}
