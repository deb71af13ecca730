//! `chancery reseal`.

mod clusters;
mod files;
mod interrupted;
mod killed;
mod objects;
mod report;
mod repository;
mod whole;
