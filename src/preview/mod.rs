//! From the values that records hold now to the changes that rows would make: what is compared before a row is
//! sent, and what of it is left to send.

mod compare;
mod planned;
mod pretended;

pub use compare::{changes, held, narrowed, new_value, still_holds};
pub use planned::Planned;
pub use pretended::Pretended;
