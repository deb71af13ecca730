//! Both controllers as `chancery install` sets them up: with its objects applied, its arguments, and exactly the rights of
//! its accounts.

mod certificate;
mod installed;
mod main_job;
mod recorder;
mod right;
mod running;
mod schema;
mod secrets;
