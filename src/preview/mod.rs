//! From the values that records hold now to the changes that rows would make: what is compared before a row is
//! sent, and what of it is left to send.

mod baseline;
mod compare;
mod planned;
mod pretended;

pub use baseline::{BaselineBuilder, BaselineRecord, BaselineRecords};
pub use compare::{changes, held, moved, narrowed, new_value, still_holds};
pub use planned::Planned;
pub use pretended::Pretended;
