//! Values of any type as texts.

use crate::call::Call;
use crate::failure::Failure;
use crate::format;
use crate::function::{Args, Function, Param};
use crate::sprig::cost;
use crate::value::{Elem, List, Text, Value};

const ANY: Param = Param::Any;
const STRING: Param = Param::String;

/// The functions that take values of any type for texts.
pub(crate) const TABLE: &[Function] = &[
    Function::new("toString", &[ANY], |call, args| {
        text_of(call, args.any(0)).map(Value::String)
    }),
    Function::new("toStrings", &[ANY], |call, args| {
        to_strings(call, args.any(0)).map(Value::List)
    }),
    Function::new("quote", &[], quote).variadic(ANY),
    Function::new("squote", &[], squote).variadic(ANY),
    Function::new("cat", &[], cat).variadic(ANY),
    Function::new("join", &[STRING, ANY], join),
    Function::new("sortAlpha", &[ANY], sort_alpha),
    Function::new("fail", &[STRING], |_, _| {
        Err(Failure::Refused("says that the template must not be rendered"))
    }),
    Function::new("hello", &[], |call, _| call.string("Hello!")),
];

/// Returns the text of a value: bytes and strings as they are, everything else as `%v` prints it.
pub(crate) fn text_of(call: &mut Call<'_>, value: &Value) -> Result<Text, Failure> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::List(list) if list.elem() == Elem::Uint8 => {
            cost::make(call, list.len())?;
            let bytes = list
                .iter()
                .map(|item| if let Value::Uint8(byte) = item { byte } else { 0 })
                .collect();
            call.text(bytes)
        }
        other => {
            let printed = format::sprint(call, std::slice::from_ref(other))?;
            call.text(printed)
        }
    }
}

/// Returns the texts of the items that are not nil; a `[]string` as it is, another value alone in a list.
fn to_strings(call: &mut Call<'_>, value: &Value) -> Result<List, Failure> {
    let texts = match value {
        Value::List(list) if list.elem() == Elem::String => return Ok(list.clone()),
        Value::List(list) => {
            let mut texts = Vec::new();
            for item in list.iter().filter(|item| !matches!(item, Value::Nil)) {
                texts.push(Value::String(text_of(call, &item)?));
            }
            texts
        }
        Value::Nil => Vec::new(),
        other => vec![Value::String(text_of(call, other)?)],
    };
    match call.list(Elem::String, texts)? {
        Value::List(list) => Ok(list),
        _ => Ok(List::nil(Elem::String)),
    }
}

fn quote(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut out = None;
    for value in args.all().iter().filter(|value| !matches!(value, Value::Nil)) {
        let text = text_of(call, value)?;
        let quoted = format::sprintf(call, b"%q", &[Value::String(text)])?;
        append(call, &mut out, b" ", &quoted)?;
    }
    call.string(out.unwrap_or_default())
}

fn squote(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut out = None;
    for value in args.all().iter().filter(|value| !matches!(value, Value::Nil)) {
        let quoted = format::sprintf(call, b"'%v'", std::slice::from_ref(value))?;
        append(call, &mut out, b" ", &quoted)?;
    }
    call.string(out.unwrap_or_default())
}

fn cat(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut out = None;
    for value in args.all().iter().filter(|value| !matches!(value, Value::Nil)) {
        let printed = format::sprintf(call, b"%v", std::slice::from_ref(value))?;
        append(call, &mut out, b" ", &printed)?;
    }
    call.string(out.unwrap_or_default())
}

fn join(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let separator = args.text(0)?;
    let list = to_strings(call, args.any(1))?;
    let mut out = None;
    for item in list.iter() {
        if let Value::String(text) = item {
            append(call, &mut out, separator, &text)?;
        }
    }
    call.string(out.unwrap_or_default())
}

/// Sorts bytewise. A `[]string` is sorted in place, seen by everyone who holds it, as upstream does.
fn sort_alpha(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    if let Value::Nil = args.any(0) {
        let nil = text_of(call, &Value::Nil)?;
        return call.list(Elem::String, vec![Value::String(nil)]);
    }
    let list = to_strings(call, args.any(0))?;
    charge_sort(call, &list)?;
    list.change(|items| {
        items.sort_by(|one, other| match (one, other) {
            (Value::String(one), Value::String(other)) => one.cmp(other),
            _ => std::cmp::Ordering::Equal,
        });
    });
    Ok(Value::List(list))
}

/// Charges for sorting: each text is compared about as often as the number of texts has digits in base 2, and a
/// comparison can read it to its end.
fn charge_sort(call: &mut Call<'_>, list: &List) -> Result<(), Failure> {
    let rounds = u64::from(usize::BITS - list.len().leading_zeros());
    let mut bytes = 0_u64;
    for item in list.iter() {
        if let Value::String(text) = item {
            bytes = bytes.saturating_add(text.len() as u64);
        }
    }
    call.costly((list.len() as u64 / 4).saturating_add((bytes / 1024).saturating_mul(rounds)))
}

/// Appends a text, after the separator if it is not the first.
fn append(
    call: &mut Call<'_>,
    out: &mut Option<Vec<u8>>,
    separator: &[u8],
    text: &[u8],
) -> Result<(), Failure> {
    cost::scan(call, separator.len() + text.len())?;
    let Some(out) = out else {
        *out = Some(text.to_vec());
        return Ok(());
    };
    call.afford(out.len().saturating_add(separator.len() + text.len()))?;
    out.extend_from_slice(separator);
    out.extend_from_slice(text);
    Ok(())
}
