//! The functions of regular expressions.

use super::Bad;
use super::expand::{Piece, pieces};
use super::haystack::Haystack;
use super::program::Program;
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::cost;
use crate::value::{Elem, List, Value};

const STRING: Param = Param::String;
const TWO: &[Param] = &[STRING, STRING];
const THREE: &[Param] = &[STRING, STRING, STRING];
const LIMITED: &[Param] = &[STRING, STRING, Param::Int];

/// The functions of regular expressions. Only `regexMatch` takes a bad pattern for one that does not match.
pub(crate) const TABLE: &[Function] = &[
    Function::new("regexMatch", TWO, |call, args| match matches(call, args) {
        Ok(found) => Ok(Value::Bool(found)),
        Err(Bad::Syntax) => Ok(Value::Bool(false)),
        Err(Bad::Failure(failure)) => Err(failure),
    }),
    Function::new("mustRegexMatch", TWO, |call, args| {
        matches(call, args).map(Value::Bool).map_err(failure)
    }),
    Function::new("regexFind", TWO, find),
    Function::new("mustRegexFind", TWO, find),
    Function::new("regexFindAll", LIMITED, find_all),
    Function::new("mustRegexFindAll", LIMITED, find_all),
    Function::new("regexReplaceAll", THREE, |call, args| {
        replace(call, args, &pieces(args.text(2)?))
    }),
    Function::new("mustRegexReplaceAll", THREE, |call, args| {
        replace(call, args, &pieces(args.text(2)?))
    }),
    Function::new("regexReplaceAllLiteral", THREE, |call, args| {
        replace(call, args, &[Piece::Literal(args.text(2)?)])
    }),
    Function::new("mustRegexReplaceAllLiteral", THREE, |call, args| {
        replace(call, args, &[Piece::Literal(args.text(2)?)])
    }),
    Function::new("regexSplit", LIMITED, split),
    Function::new("mustRegexSplit", LIMITED, split),
];

fn failure(bad: Bad) -> Failure {
    match bad {
        Bad::Syntax => Failure::Refused("can't read the regular expression"),
        Bad::Failure(failure) => failure,
    }
}

fn program(call: &mut Call<'_>, args: &Args<'_>) -> Result<Program, Failure> {
    Program::new(call, args.text(0)?, |_| 1).map_err(failure)
}

fn haystack<'a>(call: &mut Call<'_>, args: &Args<'a>) -> Result<Haystack<'a>, Failure> {
    let text = args.text(1)?;
    // Bytes that are no UTF-8 take three in the copy, and a position each.
    cost::make(call, text.len().saturating_mul(11))?;
    Ok(Haystack::new(text))
}

fn matches(call: &mut Call<'_>, args: &Args<'_>) -> Result<bool, Bad> {
    let mut program = Program::new(call, args.text(0)?, |_| 1)?;
    let haystack = haystack(call, args)?;
    Ok(program.find(call, &haystack, 0)?.is_some())
}

fn find(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut program = program(call, args)?;
    let haystack = haystack(call, args)?;
    let found = program.find(call, &haystack, 0)?;
    call.string(found.map_or(&b""[..], |found| haystack.between(found.start, found.end)))
}

fn find_all(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut program = program(call, args)?;
    let haystack = haystack(call, args)?;
    // A negative number is no limit.
    let most = usize::try_from(args.int(2)?).unwrap_or(usize::MAX);
    let all = program.find_all(call, &haystack, most)?;
    if all.is_empty() {
        return Ok(Value::List(List::nil(Elem::String)));
    }
    call.strings(
        all.iter()
            .map(|found| haystack.between(found.start, found.end).to_vec()),
    )
}

fn split(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut program = program(call, args)?;
    let haystack = haystack(call, args)?;
    let limit = args.int(2)?;
    if limit == 0 {
        return Ok(Value::List(List::nil(Elem::String)));
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let end = haystack.text().len();
    if end == 0 && !args.text(0)?.is_empty() {
        return call.strings([Vec::new()]);
    }
    let mut parts = Vec::new();
    let (mut begin, mut last) = (0, 0);
    for found in program.find_all(call, &haystack, most)? {
        if parts.len() == most - 1 {
            break;
        }
        last = found.start;
        if found.end != 0 {
            parts.push(call.string(haystack.between(begin, last))?);
        }
        begin = found.end;
    }
    if last != end {
        parts.push(call.string(haystack.between(begin, end))?);
    }
    call.list(Elem::String, parts)
}

/// Replaces each match as Go's `ReplaceAll` does: no empty one right after another one.
fn replace(call: &mut Call<'_>, args: &Args<'_>, pieces: &[Piece<'_>]) -> Result<Value, Failure> {
    let groups = |names: &[_]| pieces.iter().map(|piece| piece.groups(names)).max().unwrap_or(1);
    let mut program = Program::new(call, args.text(0)?, groups).map_err(failure)?;
    let haystack = haystack(call, args)?;
    // A name is looked up among all of them.
    let named = pieces
        .iter()
        .filter(|piece| matches!(piece, Piece::Name(_)))
        .count();
    let a_match = 1 + (pieces.len() + named.saturating_mul(program.names().len())) as u64 / 64;
    let mut out = Vec::new();
    let (mut at, mut last) = (0, 0);
    while at <= haystack.text().len() {
        let Some(found) = program.find(call, &haystack, at)? else {
            break;
        };
        append(call, &mut out, haystack.between(last, found.start))?;
        if found.end > last || found.start == 0 {
            call.steps(a_match)?;
            for piece in pieces {
                append(call, &mut out, piece.text(&program, &haystack))?;
            }
        }
        last = found.end;
        at = if at + haystack.width(at).max(1) > found.end {
            at + haystack.width(at).max(1)
        } else {
            found.end
        };
    }
    append(call, &mut out, haystack.between(last, haystack.text().len()))?;
    call.string(out)
}

fn append(call: &mut Call<'_>, out: &mut Vec<u8>, text: &[u8]) -> Result<(), Failure> {
    cost::scan(call, text.len())?;
    if out.len() + text.len() > out.capacity() {
        call.afford((out.len() + text.len()).saturating_mul(2))?;
    }
    out.extend_from_slice(text);
    Ok(())
}
