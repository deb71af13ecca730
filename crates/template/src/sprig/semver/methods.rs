//! The methods that templates can call on versions.

use std::any::Any;
use std::cmp::Ordering;

use super::version::{Version, is_metadata, is_prerelease};
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Elem, Object, Shape, Value};

const OTHER: Param = Param::Object {
    name: POINTER,
    literal: None,
};
const POINTER: &str = "*semver.Version";

/// The methods of the struct, which the pointer has too.
static METHODS: &[Function] = &[
    Function::new("Major", &[], |_, args| Ok(Value::Uint64(receiver(args)?.major))),
    Function::new("Minor", &[], |_, args| Ok(Value::Uint64(receiver(args)?.minor))),
    Function::new("Patch", &[], |_, args| Ok(Value::Uint64(receiver(args)?.patch))),
    Function::new("Prerelease", &[], |call, args| {
        call.string(receiver(args)?.prerelease.as_str())
    }),
    Function::new("Metadata", &[], |call, args| {
        call.string(receiver(args)?.metadata.as_str())
    }),
    Function::new("String", &[], |call, args| call.string(receiver(args)?.print())),
    Function::new("Value", &[], |call, args| call.string(receiver(args)?.print())),
    Function::new("MarshalText", &[], |call, args| {
        bytes(call, &receiver(args)?.print())
    }),
    // Nothing in a version is escaped in JSON.
    Function::new("MarshalJSON", &[], |call, args| {
        bytes(call, &format!("\"{}\"", receiver(args)?.print()))
    }),
    Function::new("IncMajor", &[], |call, args| {
        let major = receiver(args)?.major.wrapping_add(1);
        made(
            call,
            Version {
                major,
                ..next(args, 0, 0)?
            },
        )
    }),
    Function::new("IncMinor", &[], |call, args| {
        let minor = receiver(args)?.minor.wrapping_add(1);
        made(
            call,
            Version {
                minor,
                ..next(args, 0, 0)?
            },
        )
    }),
    // The patch that a prerelease leads to is the next one.
    Function::new("IncPatch", &[], |call, args| {
        let version = receiver(args)?;
        let step = u64::from(version.prerelease.is_empty());
        made(call, next(args, version.minor, version.patch.wrapping_add(step))?)
    }),
    Function::new("SetPrerelease", &[Param::String], |call, args| {
        let prerelease = part(args, is_prerelease)?;
        made(
            call,
            Version {
                prerelease,
                ..receiver(args)?.clone()
            },
        )
    }),
    Function::new("SetMetadata", &[Param::String], |call, args| {
        let metadata = part(args, is_metadata)?;
        made(
            call,
            Version {
                metadata,
                ..receiver(args)?.clone()
            },
        )
    }),
];

/// The methods of the pointer alone.
static POINTER_METHODS: &[Function] = &[
    Function::new("Original", &[], |call, args| {
        call.string(receiver(args)?.original.as_str())
    }),
    Function::new("Compare", &[OTHER], |_, args| {
        Ok(Value::Int(compare(args)? as i64))
    }),
    Function::new("LessThan", &[OTHER], |_, args| {
        Ok(Value::Bool(compare(args)?.is_lt()))
    }),
    Function::new("LessThanEqual", &[OTHER], |_, args| {
        Ok(Value::Bool(compare(args)?.is_le()))
    }),
    Function::new("GreaterThan", &[OTHER], |_, args| {
        Ok(Value::Bool(compare(args)?.is_gt()))
    }),
    Function::new("GreaterThanEqual", &[OTHER], |_, args| {
        Ok(Value::Bool(compare(args)?.is_ge()))
    }),
    Function::new("Equal", &[OTHER], |_, args| match args.any(0) {
        Value::Nil => Ok(Value::Bool(false)),
        _ => Ok(Value::Bool(compare(args)?.is_eq())),
    }),
];

impl Object for Version {
    fn type_name(&self) -> &'static str {
        if self.by_value { "semver.Version" } else { POINTER }
    }

    fn shape(&self) -> Shape {
        if self.by_value {
            Shape::Struct
        } else {
            Shape::Pointer
        }
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.print().into_bytes())
    }

    fn go_syntax(&self) -> Option<Vec<u8>> {
        let reference = if self.by_value { "" } else { "&" };
        let Self {
            major,
            minor,
            patch,
            prerelease,
            metadata,
            original,
            ..
        } = self;
        // Nothing in a version is escaped in a Go string.
        let fields = format!("major:{major:#x}, minor:{minor:#x}, patch:{patch:#x}, pre:\"{prerelease}\"");
        let text = format!(
            "{reference}semver.Version{{{fields}, metadata:\"{metadata}\", original:\"{original}\"}}"
        );
        Some(text.into_bytes())
    }

    fn method(&self, name: &str) -> Option<&'static Function> {
        let own: &'static [Function] = if self.by_value { &[] } else { POINTER_METHODS };
        METHODS.iter().chain(own).find(|method| method.name == name)
    }

    fn equal(&self, other: &dyn Object) -> bool {
        other
            .as_any()
            .downcast_ref::<Self>()
            .is_some_and(|other| self == other)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn receiver<'a>(args: &Args<'a>) -> Result<&'a Version, Failure> {
    args.receiver()?
        .as_any()
        .downcast_ref()
        .ok_or(Failure::Refused("needs a version"))
}

fn compare(args: &Args<'_>) -> Result<Ordering, Failure> {
    match args.any(0) {
        Value::Nil => Err(Failure::Refused("can't compare with nil")),
        _ => Ok(receiver(args)?.precedence(args.object::<Version>(0)?)),
    }
}

/// Returns the version with other last numbers and without prerelease and metadata.
fn next(args: &Args<'_>, minor: u64, patch: u64) -> Result<Version, Failure> {
    let version = receiver(args)?.clone();
    Ok(Version {
        minor,
        patch,
        prerelease: String::new(),
        metadata: String::new(),
        ..version
    })
}

/// Returns the argument, which may be empty.
fn part(args: &Args<'_>, accepted: fn(&str) -> bool) -> Result<String, Failure> {
    let part = std::str::from_utf8(args.text(0)?)
        .ok()
        .filter(|part| part.is_empty() || accepted(part));
    part.map(str::to_owned)
        .ok_or(Failure::Refused("can't put this part into a version"))
}

fn made(call: &mut Call<'_>, version: Version) -> Result<Value, Failure> {
    let version = version.renewed();
    let size = version.original.len() * 2;
    call.object(version, size)
}

fn bytes(call: &mut Call<'_>, text: &str) -> Result<Value, Failure> {
    call.list(Elem::Uint8, text.bytes().map(Value::Uint8).collect())
}
