//! Functions of numbers.

pub(crate) mod decimal;
pub(crate) mod floats;
pub(crate) mod ints;
