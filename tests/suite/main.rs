//! The real binary against a sandbox over real HTTP, a file a topic.

mod answers;
mod documentation;
mod grids;
mod hostile;
mod house;
mod interruption;
mod order;
mod quick_start;
mod reading;
mod refusals;
mod rejects;
mod results;
mod resuming;
mod rules;
mod sending;
mod sheets;
mod texts;
mod workbooks;
mod world;
