//! The public behaviour of the schema core, on an engine that renders nothing but names.

mod adopt;
mod holds;
mod order;
mod properties;
mod toy;
