//! What a list of changes would do, shown before anybody says yes to it.

use std::ops::ControlFlow;

use super::survey::Input;
use crate::checks::Rules;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::rules::SiteRules;
use crate::report::{ChangeLine, PlannedChanges, Screen};
use crate::sheet::SheetFault;

/// The first changes of a list as a table; nothing where the rows are no changes.
///
/// # Errors
/// The list cannot be read again.
pub(super) fn shown(input: &Input, site: &SiteRules, screen: Screen) -> Result<String, SheetFault> {
    let rules = Rules::new(input.table.layout(), site);
    let mut changes = PlannedChanges::of_list(&CUSTOMER_CONTACT);
    if rules.layout.changes.is_none() {
        return Ok(String::new());
    }
    input.table.read(&mut |batch| {
        for row in batch.rows() {
            let key: Vec<_> = rules.key_values(row).collect();
            let expected = rules.expected(row);
            for (expected, set) in expected.iter().zip(rules.assignments(row)) {
                changes.add(&ChangeLine {
                    row: row.place.number,
                    key: &key,
                    field: set.field.name,
                    before: expected.value.as_deref(),
                    after: set.change.value(),
                });
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(changes.table(screen))
}
