//! The functions of versions.

use super::constraint::Constraints;
use super::version::Version;
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::cost;
use crate::value::Value;

/// The functions of versions.
pub(crate) const TABLE: &[Function] = &[
    Function::new("semver", &[Param::String], |call, args| {
        let version = version(call, args, 0)?;
        let size = version.original.len() * 2;
        call.object(version, size)
    }),
    Function::new("semverCompare", &[Param::String, Param::String], |call, args| {
        let text = args.text(0)?;
        // The expressions read it three times, and a range is found again for each of them.
        cost::make(
            call,
            text.len()
                .saturating_mul(32)
                .saturating_add(text.len().saturating_mul(text.len()) / 64),
        )?;
        let constraints = std::str::from_utf8(text).ok().and_then(Constraints::parse);
        let constraints = constraints.ok_or(Failure::Refused("can't read the constraint"))?;
        Ok(Value::Bool(constraints.hold(&version(call, args, 1)?)))
    }),
];

fn version(call: &mut Call<'_>, args: &Args<'_>, index: usize) -> Result<Version, Failure> {
    let text = args.text(index)?;
    cost::make(call, text.len() * 4)?;
    let version = std::str::from_utf8(text).ok().and_then(Version::parse);
    version.ok_or(Failure::Refused("can't read the text as a version"))
}
