//! The checks over this repository itself.

mod repository;
