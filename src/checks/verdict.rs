//! What the checks say of one row.

use crate::model::code::Code;
use crate::model::outcome::{Finding, Outcome, Status};
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

    /// The warnings as results show them.
    #[must_use]
    pub fn warning_texts(&self) -> Vec<String> {
        self.warnings.iter().map(Finding::to_string).collect()
    }

    /// The outcome of the row where nothing is sent: `valid`, or `invalid` with every fault in
    /// the message and the gravest in the code.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let gravest = self.faults.iter().map(|fault| fault.code).min();
        let status = if gravest.is_some() { Status::Invalid } else { Status::Valid };
        let message: Vec<_> = self.faults.iter().map(Finding::to_string).collect();
        Outcome {
            warnings: self.warning_texts(),
            ..Outcome::unsent(status, gravest.map(Code::Own), message.join("; "))
        }
    }
}
