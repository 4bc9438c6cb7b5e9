//! The nouns of rowpatch, as plain values: no files, no network, no clock.
//!
//! Every other room may import this one, and this one imports none of them. What a
//! record is made of stands in one table ([`record`]); nothing outside that table
//! knows the name of a field.

pub mod cells;
pub mod change;
pub mod code;
mod code_level;
pub mod counted;
pub mod flags;
pub mod hold;
pub mod key;
pub mod limits;
pub mod mapped;
pub mod mapping;
pub mod merged_range;
pub mod nearest;
pub mod otherwise;
pub mod outcome;
pub mod own_code;
pub mod patch;
pub mod quoted;
pub mod record;
pub mod row;
pub mod rules;
pub mod sheet_limits;
pub mod stored;
pub mod stored_counts;
pub mod tally;
pub mod target;
pub mod times;
pub mod waits;
pub mod window;
