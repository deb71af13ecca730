//! Semantic versions, as the Masterminds library (v3.4.0) reads and compares them.

pub(crate) mod constraint;
pub(crate) mod functions;
mod methods;
pub(crate) mod version;
