//! rowpatch updates ERP records in bulk from a spreadsheet.

pub mod erp;
pub mod model;
pub mod sandbox;
