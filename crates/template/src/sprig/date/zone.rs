//! Go's `*time.Location`: where a time is looked at from.

use std::any::Any;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::function::{Args, Function};
use crate::value::{Object, Shape, Value};
use crate::{call::Call, failure::Failure};

/// A time zone.
#[derive(Clone)]
pub(super) enum Zone {
    /// UTC, also Go's `Local`: upstream's image has no zone of its own.
    Utc { local: bool },
    /// One of the zones that this program was built with.
    Named { name: Rc<str>, zone: TimeZone },
    /// What a text said: a name, which may be empty, and seconds east of UTC.
    Fixed { name: Rc<[u8]>, offset: i64 },
}

impl Zone {
    pub(super) const UTC: Self = Self::Utc { local: false };
    pub(super) const LOCAL: Self = Self::Utc { local: true };

    /// Returns the zone of that name as Go finds it: the letters' case matters.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"" | b"UTC" => return Some(Self::UTC),
            b"Local" => return Some(Self::LOCAL),
            _ => {}
        }
        let name = std::str::from_utf8(name).ok()?;
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        (zone.iana_name() == Some(name)).then(|| Self::Named {
            name: name.into(),
            zone,
        })
    }

    /// Returns the name and the seconds east of UTC at a moment, in seconds since 1970.
    pub(super) fn at(&self, seconds: i64) -> (Vec<u8>, i64) {
        match self {
            Self::Utc { .. } => (b"UTC".to_vec(), 0),
            Self::Fixed { name, offset } => (name.to_vec(), *offset),
            Self::Named { zone, .. } => {
                let info = zone.to_offset_info(clamp(seconds));
                (
                    info.abbreviation().as_bytes().to_vec(),
                    i64::from(info.offset().seconds()),
                )
            }
        }
    }

    /// Returns whether it is summer time at a moment, in seconds since 1970.
    pub(super) fn is_dst(&self, seconds: i64) -> bool {
        matches!(self, Self::Named { zone, .. } if zone.to_offset_info(clamp(seconds)).dst().is_dst())
    }

    fn name(&self) -> Vec<u8> {
        match self {
            Self::Utc { .. } => b"UTC".to_vec(),
            Self::Named { name, .. } => name.as_bytes().to_vec(),
            Self::Fixed { name, .. } => name.to_vec(),
        }
    }

    /// Returns how Go's syntax names it.
    pub(super) fn go_syntax(&self) -> Vec<u8> {
        match self {
            Self::Utc { local: false } => b"time.UTC".to_vec(),
            Self::Utc { local: true } => b"time.Local".to_vec(),
            other => [b"time.Location(\"".as_slice(), &other.name(), b"\")"].concat(),
        }
    }
}

/// The rules of zones are known for the years that jiff has; the first and the last go on for ever.
fn clamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

pub(super) const POINTER: &str = "*time.Location";

static STRING: Function = Function::new("String", &[], string);

fn string(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    call.string(args.receiver()?.text().unwrap_or_default())
}

impl Object for Zone {
    fn type_name(&self) -> &'static str {
        POINTER
    }

    fn shape(&self) -> Shape {
        Shape::Pointer
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.name())
    }

    fn method(&self, name: &str) -> Option<&'static Function> {
        (name == STRING.name).then_some(&STRING)
    }

    fn equal(&self, other: &dyn Object) -> bool {
        // Pointers: UTC and Local are one location each, and what is loaded or made up is a new one each time.
        match (self, other.as_any().downcast_ref()) {
            (Self::Utc { local }, Some(Self::Utc { local: other })) => local == other,
            (Self::Named { name, .. }, Some(Self::Named { name: other, .. })) => Rc::ptr_eq(name, other),
            (Self::Fixed { name, .. }, Some(Self::Fixed { name: other, .. })) => Rc::ptr_eq(name, other),
            _ => false,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
