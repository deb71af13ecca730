//! Texts in texts: finding, replacing and splitting.

use std::collections::BTreeMap;

use memchr::memmem;

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Function, Param};
use crate::sprig::{cost, unicode};
use crate::value::{Elem, Value};

const INT: Param = Param::Int;
const STRING: Param = Param::String;

/// The functions that look for a text in another one; the text that is searched comes last.
pub(crate) const TABLE: &[Function] = &[
    Function::new("contains", &[STRING, STRING], |call, args| {
        let (part, text) = (args.text(0)?, args.text(1)?);
        cost::scan(call, part.len() + text.len())?;
        Ok(Value::Bool(memmem::find(text, part).is_some()))
    }),
    Function::new("hasPrefix", &[STRING, STRING], |call, args| {
        cost::scan(call, args.text(0)?.len())?;
        Ok(Value::Bool(args.text(1)?.starts_with(args.text(0)?)))
    }),
    Function::new("hasSuffix", &[STRING, STRING], |call, args| {
        cost::scan(call, args.text(0)?.len())?;
        Ok(Value::Bool(args.text(1)?.ends_with(args.text(0)?)))
    }),
    Function::new("replace", &[STRING, STRING, STRING], |call, args| {
        let (old, new, text) = (args.text(0)?, args.text(1)?, args.text(2)?);
        replace(call, old, new, text)
    }),
    Function::new("plural", &[STRING, STRING, INT], |_, args| {
        Ok(args.any(usize::from(args.int(2)? != 1)).clone())
    }),
    Function::new("splitList", &[STRING, STRING], |call, args| {
        let parts = split(call, args.text(0)?, args.text(1)?, usize::MAX)?;
        call.strings(parts.into_iter().map(<[u8]>::to_vec))
    }),
    Function::new("split", &[STRING, STRING], |call, args| {
        let parts = split(call, args.text(0)?, args.text(1)?, usize::MAX)?;
        numbered(call, &parts)
    }),
    Function::new("splitn", &[STRING, INT, STRING], |call, args| {
        // A negative number is no limit.
        let most = usize::try_from(args.int(1)?).unwrap_or(usize::MAX);
        let parts = split(call, args.text(0)?, args.text(2)?, most)?;
        numbered(call, &parts)
    }),
    Function::new("regexQuoteMeta", &[STRING], |call, args| {
        let text = args.text(0)?;
        cost::make(call, text.len() * 2)?;
        let mut out = Vec::with_capacity(text.len() * 2);
        for &byte in text.iter() {
            if br"\.+*?()|[]{}^$".contains(&byte) {
                out.push(b'\\');
            }
            out.push(byte);
        }
        call.string(out)
    }),
];

/// Replaces every `old`; an empty one is found before each character and at the end.
fn replace(call: &mut Call<'_>, old: &[u8], new: &[u8], text: &[u8]) -> Result<Value, Failure> {
    cost::scan(call, text.len() + old.len())?;
    let count = if old.is_empty() {
        1 + unicode::characters(text).count()
    } else {
        memmem::find_iter(text, old).count()
    };
    let size = (text.len() - count.saturating_mul(old.len())).saturating_add(count.saturating_mul(new.len()));
    cost::make(call, size)?;
    let mut out = Vec::with_capacity(size);
    if old.is_empty() {
        for (_, character) in unicode::characters(text) {
            out.extend_from_slice(new);
            out.extend_from_slice(character);
        }
        out.extend_from_slice(new);
    } else {
        let mut from = 0;
        for at in memmem::find_iter(text, old) {
            out.extend_from_slice(&text[from..at]);
            out.extend_from_slice(new);
            from = at + old.len();
        }
        out.extend_from_slice(&text[from..]);
    }
    call.string(out)
}

/// Returns at most `most` parts; an empty separator splits into characters.
fn split<'a>(
    call: &mut Call<'_>,
    separator: &[u8],
    text: &'a [u8],
    most: usize,
) -> Result<Vec<&'a [u8]>, Failure> {
    cost::scan(call, text.len() + separator.len())?;
    let Some(cuts) = most.checked_sub(1) else {
        return Ok(Vec::new());
    };
    let mut parts = Vec::new();
    let mut from = 0;
    if separator.is_empty() {
        if text.is_empty() {
            return Ok(parts);
        }
        call.afford(text.len().min(most).saturating_mul(size_of::<&[u8]>()))?;
        for (_, character) in unicode::characters(text).take(cuts) {
            parts.push(character);
            from += character.len();
        }
        if from < text.len() {
            parts.push(&text[from..]);
        }
        return Ok(parts);
    }
    let count = memmem::find_iter(text, separator).take(cuts).count();
    call.afford(count.saturating_mul(size_of::<&[u8]>()))?;
    parts.reserve_exact(count + 1);
    for at in memmem::find_iter(text, separator).take(cuts) {
        parts.push(&text[from..at]);
        from = at + separator.len();
    }
    parts.push(&text[from..]);
    Ok(parts)
}

/// Returns a `map[string]string` with the parts at `_0`, `_1` and so on.
fn numbered(call: &mut Call<'_>, parts: &[&[u8]]) -> Result<Value, Failure> {
    let mut entries = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        let key = call.text(format!("_{index}").into_bytes())?;
        entries.insert(key, call.string(*part)?);
    }
    call.dict(Elem::String, entries)
}
