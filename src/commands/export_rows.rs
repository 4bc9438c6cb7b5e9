//! The records of a sheet of keys, written in its order: the third read.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use anyhow::Context as _;

use super::export_found::CANNOT;
use super::pipeline::{Pass, Repeated, judged};
use super::settle::ended;
use super::survey::Input;
use crate::checks::Rules;
use crate::engine::{Endings, Stop};
use crate::exit::ExitCode;
use crate::model::code::OwnCode;
use crate::model::record::{CUSTOMER_CONTACT, Field};
use crate::model::rules::SiteRules;
use crate::model::tally::Tally;
use crate::preview::Planned;
use crate::report::{ExportWriter, PlannedChanges};

/// What became of the rows of a sheet of keys.
pub(super) struct OfRows {
    rows: BTreeMap<Planned, u64>,
    repeats: u64,
    tally: Tally,
    /// Why not all rows are written, if so.
    pub(super) stop: Option<Stop>,
}

impl OfRows {
    /// Writes the record of each row in the order of the sheet, and of a record that comes again only once.
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn write(
        input: &Input,
        mut endings: Endings,
        writer: &mut ExportWriter,
        site: &SiteRules,
    ) -> anyhow::Result<Self> {
        let mut told =
            Self { rows: BTreeMap::new(), repeats: 0, tally: Tally::default(), stop: None };
        let rules = Rules::new(input.table.layout(), site);
        let repeated = Repeated::of(&input.survey.first_read);
        let mut written = HashSet::new();
        let mut fault = Ok(());
        let pass = Pass::Later(&input.survey.first_read);
        let read = judged(input.rows(site), pass, &mut |batch, verdicts| {
            fault = batch.rows().zip(verdicts).try_for_each(|(row, verdict)| {
                let ended = ended(input, &mut endings, row, verdict, None)?;
                let planned = Planned::of(&ended.outcome);
                told.tally.add(row.place.number, &ended.outcome);
                if planned == Planned::WouldUpdate
                    && repeated.has(row.place)
                    && !written.insert(rules.key(row))
                {
                    told.repeats += 1;
                    return Ok(());
                }
                *told.rows.entry(planned).or_default() += 1;
                let Some(held) = ended.before else { return Ok(()) };
                let value = |field: &Field| {
                    held.iter().find(|held| held.field == field.name)?.value.as_deref()
                };
                writer.write(&value).context(CANNOT)
            });
            if fault.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        fault?;
        if let Err(changed) = read {
            let message = changed.to_string();
            told.stop = Some(Stop { code: OwnCode::FileChanged, message });
        }
        Ok(told)
    }

    /// How many rows were found, and why not the others.
    pub(super) fn told(&self) -> String {
        let rows = Planned::ALL.map(|planned| {
            let word = if planned == Planned::WouldUpdate { "found" } else { planned.as_str() };
            (word, self.rows.get(&planned).copied().unwrap_or(0))
        });
        let repeats = ("repeated: exported once", self.repeats);
        let rows: Vec<_> = rows.into_iter().chain([repeats]).collect();
        PlannedChanges::new(&CUSTOMER_CONTACT).counts(&rows, &self.tally)
    }

    /// How the program ends for them.
    pub(super) fn exit_code(&self) -> ExitCode {
        let is_good = self.rows.keys().all(|planned| planned.is_good());
        if is_good { ExitCode::Done } else { ExitCode::SomeRowsNot }
    }
}
