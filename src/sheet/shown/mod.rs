//! What a person sees in a cell: its value and its number format give the text.

pub(super) mod cell;
mod code;
mod doubt;
mod fraction;
mod number_format;
pub(super) mod rounding;
mod section;
mod signs;
mod styles;

pub(super) use number_format::Format;
pub(super) use styles::Formats;
