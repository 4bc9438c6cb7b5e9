//! What the checks say of one row.

use crate::model::change::Held;
use crate::model::code::Code;
use crate::model::outcome::{Finding, Outcome, Status};
use crate::model::record::Field;
use crate::model::rules::Level;

/// The judgement of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Why the row cannot be sent.
    pub faults: Vec<Finding>,
    /// What a person should look at though it can.
    pub warnings: Vec<Finding>,
    /// Fields that the row would blank.
    pub clears: u32,
    /// What is left of the row beside a baseline, if it was compared with one.
    pub compared: Option<Box<Compared>>,
}

/// What is left of a row that was compared with a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Whether its record is in the baseline; if not, the row is sent whole.
    pub is_known: bool,
    /// The fields of which it says something else.
    pub fields: Vec<&'static Field>,
    /// The stamps of the record's last update, as far as the baseline has columns for them.
    pub stamps: Vec<Held>,
    /// Cells that are blank in the row, and are not in the baseline.
    pub emptied: u32,
}

impl Verdict {
    /// Adds a finding.
    pub(super) fn add(&mut self, level: Level, finding: Finding) {
        match level {
            Level::Error => self.faults.push(finding),
            Level::Warning => self.warnings.push(finding),
            Level::Off => {}
        }
    }

    /// Puts the findings in the order of the columns, those of the whole row first.
    pub(super) fn sort(&mut self) {
        self.faults.sort_by_key(|finding| finding.column);
        self.warnings.sort_by_key(|finding| finding.column);
    }

    /// Whether the row can be sent.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.faults.is_empty()
    }

    /// Whether the row is to be sent: it can be, and says something that a baseline does not.
    #[must_use]
    pub fn is_to_send(&self) -> bool {
        self.is_valid() && !self.is_unchanged()
    }

    fn is_unchanged(&self) -> bool {
        self.compared.as_ref().is_some_and(|left| left.is_known && left.fields.is_empty())
    }

    /// Whether a field that the row sets is sent.
    #[must_use]
    pub fn sends(&self, field: &Field) -> bool {
        let left = self.compared.as_ref().filter(|left| left.is_known);
        left.is_none_or(|left| left.fields.iter().any(|kept| std::ptr::eq(*kept, field)))
    }

    /// The warnings as results show them.
    #[must_use]
    pub fn warning_texts(&self) -> Vec<String> {
        self.warnings.iter().map(Finding::to_string).collect()
    }

    /// The outcome of the row where nothing is sent: `valid`, `unchanged`, or `invalid` with every fault in
    /// the message and the gravest in the code.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let gravest = self.faults.iter().map(|fault| fault.code).min();
        let status = match gravest {
            Some(_) => Status::Invalid,
            None if self.is_unchanged() => Status::Unchanged,
            None => Status::Valid,
        };
        let message: Vec<_> = self.faults.iter().map(Finding::to_string).collect();
        Outcome {
            warnings: self.warning_texts(),
            ..Outcome::unsent(status, gravest.map(Code::Own), message.join("; "))
        }
    }
}
