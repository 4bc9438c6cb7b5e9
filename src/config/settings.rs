//! What holds for a run, checked once.

use crate::model::mapping::{ChangeNames, Mapping, SheetChoice};
use crate::model::rules::SiteRules;

/// What holds for a run, wherever it sends to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What was said about columns.
    pub mapping: Mapping,
    /// What was said about the sheet.
    pub choice: SheetChoice,
    /// How cells are read, and what is asked of them.
    pub site: SiteRules,
    /// Cells that may be blanked without a person to ask.
    pub max_clears: u64,
    /// Nothing is told but faults.
    pub quiet: bool,
}

impl Settings {
    /// The files are lists of changes with these columns: their values are exact, and nothing that was said about
    /// sheets, cells and columns counts.
    pub fn read_changes(&mut self, names: ChangeNames) {
        self.choice = SheetChoice::default();
        self.mapping = Mapping { changes: Some(names), ..Mapping::default() };
        self.site = SiteRules { trim: false, ..SiteRules::with_mark(&self.site.clear_mark) };
    }
}
