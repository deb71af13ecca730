//! What needs which key, and the retirement of keys, against a real API server.

mod kind;
mod listed;
mod needing;
mod races;
mod retired;
mod world;
