//! The schema controller against real databases.

mod approval;
mod changes;
mod connection;
mod contract;
mod crash;
mod drift;
mod failures;
mod gate;
mod ownership;
mod replicas;
mod shutdown;
mod tutorial;
mod world;
