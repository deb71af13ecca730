//! Go's `time.Month` and `time.Weekday`: integers with names.

use std::any::Any;

use super::civil::{MONTHS, WEEKDAYS};
use super::format::name;
use crate::function::{Args, Function};
use crate::value::{Object, Shape, Value};
use crate::{call::Call, failure::Failure};

/// A month, from 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Month(pub(super) i64);

/// A day of the week, from 0 for Sunday.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Weekday(pub(super) i64);

static STRING: Function = Function::new("String", &[], string);

fn string(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    call.string(args.receiver()?.text().unwrap_or_default())
}

impl Object for Month {
    fn type_name(&self) -> &'static str {
        "time.Month"
    }

    fn shape(&self) -> Shape {
        Shape::Int(self.0)
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(name(&MONTHS, self.0 - 1).into())
    }

    fn method(&self, name: &str) -> Option<&'static Function> {
        (name == STRING.name).then_some(&STRING)
    }

    fn equal(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Object for Weekday {
    fn type_name(&self) -> &'static str {
        "time.Weekday"
    }

    fn shape(&self) -> Shape {
        Shape::Int(self.0)
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(name(&WEEKDAYS, self.0).into())
    }

    fn method(&self, name: &str) -> Option<&'static Function> {
        (name == STRING.name).then_some(&STRING)
    }

    fn equal(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
