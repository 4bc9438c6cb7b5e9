//! What is told of records that several rows of a file are for: in which of them the rows contradict each other, in
//! which they complete each other, and in which they say the same.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::survey::Survey;
use crate::checks::{Agreement, MOST_COMPARED, Repeat, Repeats, Rules, Said};
use crate::model::counted::{counted, counted_are, grouped};
use crate::model::rules::SiteRules;
use crate::sheet::{SheetFault, Table};

/// Records that are named.
const MOST_NAMED: usize = 10;
/// Records that are named where there is room for a line or two.
const FEW_NAMED: usize = 3;
/// Fields of a record that are named.
const MOST_FIELDS: usize = 6;

/// What is told of the records of one file that several rows are for.
#[derive(Clone, Debug, Default)]
pub(super) struct RepeatsTold {
    /// By how their rows agree, the worst first.
    counts: [u64; Agreement::ALL.len()],
    /// The first records of the worst kinds, each with how its rows agree.
    named: Vec<(Agreement, String)>,
    /// Records that were not compared.
    beyond: u64,
}

/// The counts, for machines.
#[derive(Debug, Serialize)]
pub(super) struct RepeatCounts {
    contradictory: u64,
    complementary: u64,
    identical: u64,
    not_compared: u64,
}

impl RepeatsTold {
    /// Reads the file once more and compares the rows of such records that are sent, up to `limit`; nothing is read
    /// where there are none, where only the first row of each is sent, or where each row is one change of a list.
    ///
    /// # Errors
    /// The file cannot be read again.
    pub(super) fn of(
        table: &Table,
        site: &SiteRules,
        survey: &Survey,
        cancelled: Option<&AtomicBool>,
    ) -> Result<Self, SheetFault> {
        let duplicates = &survey.first_read.duplicates;
        if duplicates.is_empty() || site.strict || table.layout().changes.is_some() {
            return Ok(Self::default());
        }
        let rules = Rules::new(table.layout(), site);
        let mut repeats = Repeats::new(duplicates);
        table.read(&mut |batch| {
            for row in batch.rows() {
                if row.place.index >= survey.limit {
                    return ControlFlow::Break(());
                }
                repeats.meet(&rules, row);
            }
            let is_cancelled = cancelled.is_some_and(|flag| flag.load(Ordering::Relaxed));
            if is_cancelled { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(Self::told(&repeats))
    }

    fn told(repeats: &Repeats<'_>) -> Self {
        let mut told = Self { beyond: repeats.beyond() as u64, ..Self::default() };
        for record in repeats.compared() {
            told.counts[record.agreement() as usize] += 1;
        }
        for agreement in Agreement::ALL {
            let alike = repeats.compared().filter(|record| record.agreement() == agreement);
            let room = MOST_NAMED - told.named.len();
            told.named.extend(alike.take(room).map(|record| (agreement, name(record))));
        }
        told
    }

    /// The counts, for machines.
    pub(super) fn counts(&self) -> RepeatCounts {
        let [contradictory, complementary, identical] = self.counts;
        RepeatCounts { contradictory, complementary, identical, not_compared: self.beyond }
    }

    /// A few lines for a person; none if no record is in several rows.
    pub(super) fn lines(&self) -> Vec<String> {
        let total: u64 = self.counts.iter().sum();
        if total == 0 {
            return Vec::new();
        }
        let mut lines = vec![
            "Records in several rows; of each field the value of the last row that is sent stays:"
                .to_owned(),
        ];
        for (agreement, count) in Agreement::ALL.into_iter().zip(self.counts) {
            if count == 0 {
                continue;
            }
            lines.push(format!("{:>12}  {}", grouped(count), explained(agreement)));
            let named = self.named.iter().filter(|(of, _)| *of == agreement);
            let before = lines.len();
            lines.extend(named.map(|(_, text)| format!("{:>12}    {text}", "")));
            let more = count - (lines.len() - before) as u64;
            if more > 0 && more < count {
                lines.push(format!("{:>12}    and {} more", "", grouped(more)));
            }
        }
        lines.extend(self.not_compared().map(|text| format!("{:>12}  {text}", "")));
        lines
    }

    /// The same in a sentence, for the facts before a run.
    pub(super) fn fact(&self) -> Option<String> {
        let total: u64 = self.counts.iter().sum();
        let counts = Agreement::ALL.into_iter().zip(self.counts).filter(|(_, count)| *count > 0);
        let counts =
            counts.map(|(agreement, count)| format!("{} {}", grouped(count), word(agreement)));
        let counts: Vec<_> = counts.chain(self.not_compared()).collect();
        let [contradictory, ..] = self.counts;
        let are_worst = |(of, _): &&(Agreement, String)| *of == Agreement::Contradictory;
        let mut worst: Vec<_> =
            self.named.iter().filter(are_worst).map(|(_, text)| text.clone()).collect();
        worst.truncate(FEW_NAMED);
        let more = contradictory - worst.len() as u64;
        worst.extend((more > 0).then(|| format!("and {} more", grouped(more))));
        let worst =
            if worst.is_empty() { String::new() } else { format!("; {}", worst.join("; ")) };
        let records = counted_are(total, "record");
        (total > 0).then(|| format!("{records} in several rows: {}{worst}", counts.join(", ")))
    }

    fn not_compared(&self) -> Option<String> {
        (self.beyond > 0).then(|| {
            let most = grouped(MOST_COMPARED as u64);
            format!("{} not compared: only the first {most} are", grouped(self.beyond))
        })
    }
}

fn word(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Contradictory => "contradictory",
        Agreement::Complementary => "complementary",
        Agreement::Identical => "identical",
    }
}

fn explained(agreement: Agreement) -> String {
    let why = match agreement {
        Agreement::Contradictory => ": their rows give a field different values",
        Agreement::Complementary => ": their rows set different fields",
        Agreement::Identical => ": their rows say the same",
    };
    format!("{}{why}", word(agreement))
}

/// The rows of a record, and the fields that they do not agree in.
fn name(record: &Repeat) -> String {
    let rows: Vec<_> = record.named().iter().map(u64::to_string).collect();
    let more = u64::from(record.rows()) - rows.len() as u64;
    let more =
        if more == 0 { String::new() } else { format!(" and {}", counted(more, "more row")) };
    let contradicts = record.agreement() == Agreement::Contradictory;
    let field = |said: &Said| {
        let last =
            if contradicts { format!(" (last in row {})", said.last_row) } else { String::new() };
        format!("{}{last}", said.field.name)
    };
    let mut fields: Vec<_> = record.fields().map(field).collect();
    let unnamed = fields.len().saturating_sub(MOST_FIELDS) as u64;
    fields.truncate(MOST_FIELDS);
    fields.extend((unnamed > 0).then(|| counted(unnamed, "more field")));
    let fields = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) };
    format!("rows {}{more}{fields}", rows.join(", "))
}
