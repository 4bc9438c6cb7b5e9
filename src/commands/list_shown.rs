//! What a list of changes would do, shown before anybody says yes to it.

use std::ops::ControlFlow;

use super::survey::Input;
use crate::checks::Rules;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::rules::SiteRules;
use crate::report::{ChangeLine, PlannedChanges, Screen};
use crate::sheet::SheetFault;

/// What is shown for a value that is to be put back, and that nobody knows.
const NOT_KNOWN: &str = "(not known)";

/// The first changes of a list as a table; nothing where the rows are no changes.
///
/// # Errors
/// The list cannot be read again.
pub(super) fn shown(input: &Input, site: &SiteRules, screen: Screen) -> Result<String, SheetFault> {
    let rules = Rules::new(input.table.layout(), site);
    let mut changes = PlannedChanges::of_list(&CUSTOMER_CONTACT);
    let Some(columns) = rules.layout.changes else { return Ok(String::new()) };
    input.table.read(&mut |batch| {
        let verdicts = rules.judge_batch(&batch);
        for (row, _) in batch.rows().zip(&verdicts).filter(|(_, verdict)| verdict.is_valid()) {
            let key: Vec<_> = rules.key_values(row).collect();
            let expected = rules.expected(row);
            for (expected, set) in expected.iter().zip(rules.assignments(row)) {
                let (before, after) = match expected.value.as_deref() {
                    None if columns.puts_back => (Some(row.cell(columns.before)), NOT_KNOWN),
                    before => (before, set.change.value()),
                };
                let field = set.field.name;
                changes.add(&ChangeLine { row: row.place.number, key: &key, field, before, after });
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(changes.table(screen))
}
