//! Functions of lists.
//!
//! Upstream's functions without `must` panic where those with it return an error, and `text/template` makes one of the
//! other: they are the same here.

pub(crate) mod made;
pub(crate) mod picked;
pub(crate) mod sifted;

use crate::failure::Failure;
use crate::value::{List, Value};

/// Returns the list, and fails for whatever else it is.
fn list(value: &Value) -> Result<&List, Failure> {
    if let Value::List(list) = value {
        Ok(list)
    } else {
        Err(Failure::Refused("needs a list"))
    }
}
