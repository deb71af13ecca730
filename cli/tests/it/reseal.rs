//! `chancery reseal`.

mod clusters;
mod files;
mod interrupted;
mod killed;
mod no_objects;
mod objects;
mod pins;
mod report;
mod repository;
mod sharing;
mod whole;
