//! The rules, case by case.

mod crash;
mod plans;
mod refusals;
mod tables;
