//! rowpatch updates ERP records in bulk from a spreadsheet, and says of every row what became of it.
//!
//! The rooms are the stages, in the order in which a row meets them:
//!
//! ```text
//! file ─▶ sheet ─▶ row ─▶ checks ─▶ patch ─▶ engine ─▶ outcome ─▶ report
//!         csv,     text             key +     tokio,               results CSV,
//!         calamine cells            fields    governor,            rejects,
//!                                   to set    erp over reqwest     progress
//! ```
//!
//! In a run that looks before it sends, [`preview`] compares each patch with what its record holds now.
//!
//! [`model`] holds the nouns that all rooms share and imports none of them; [`config`] is what a
//! person wants; [`sandbox`] is a stand-in for the ERP; [`commands`] has one file a verb and is
//! the only place where the rooms meet. `tests/suite/house.rs` keeps the arrows straight.

pub mod checks;
pub mod cli;
pub mod commands;
pub mod config;
pub mod engine;
pub mod erp;
pub mod exit;
pub mod model;
pub mod preview;
pub mod report;
pub mod sandbox;
pub mod sheet;
