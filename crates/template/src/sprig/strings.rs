//! Functions of texts.

pub(crate) mod case;
pub(crate) mod parts;
pub(crate) mod printed;
pub(crate) mod trim;
pub(crate) mod words;
pub(crate) mod wrap;
