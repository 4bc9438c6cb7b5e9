//! The real binary against a sandbox over real HTTP, a file a topic.

mod answers;
mod documentation;
mod house;
mod interruption;
mod order;
mod quick_start;
mod reading;
mod refusals;
mod results;
mod rules;
mod sending;
mod texts;
mod workbooks;
mod world;
