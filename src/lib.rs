//! rowpatch updates ERP records in bulk from a spreadsheet.

pub mod checks;
pub mod engine;
pub mod erp;
pub mod model;
pub mod sheet;
