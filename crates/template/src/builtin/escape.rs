//! `html`, `js` and `urlquery`.

use crate::buffer::Buffer;
use crate::call::Call;
use crate::failure::Failure;
use crate::format;
use crate::function::{Args, Function, Param};
use crate::unicode::is_print;
use crate::value::{Text, Value};

pub(super) const TABLE: &[Function] = &[
    Function::new("html", &[], html).variadic(Param::Any),
    Function::new("js", &[], js).variadic(Param::Any),
    Function::new("urlquery", &[], url_query).variadic(Param::Any),
];

/// Returns the text of all arguments, where nil is what a template prints for it.
fn text(call: &mut Call<'_>, args: &Args<'_>) -> Result<Text, Failure> {
    if let [Value::String(text)] = args.all() {
        return Ok(text.clone());
    }
    let mut values = Vec::with_capacity(args.len());
    for value in args.all() {
        values.push(if let Value::Nil = value {
            call.string("<no value>")?
        } else {
            value.clone()
        });
    }
    let text = format::sprint(call, &values)?;
    call.text(text)
}

fn html(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let text = text(call, args)?;
    call.afford(text.len().saturating_mul(5))?;
    let mut out = Buffer::default();
    for byte in text.iter() {
        match byte {
            0 => out.push("\u{fffd}".as_bytes()),
            b'"' => out.push(b"&#34;"),
            b'\'' => out.push(b"&#39;"),
            b'&' => out.push(b"&amp;"),
            b'<' => out.push(b"&lt;"),
            b'>' => out.push(b"&gt;"),
            byte => out.push(&[*byte]),
        }
    }
    call.string(out.into_bytes())
}

fn js(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let text = text(call, args)?;
    call.afford(text.len().saturating_mul(6))?;
    let mut out = Buffer::default();
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push(b"\\\\"),
                '\'' => out.push(b"\\'"),
                '"' => out.push(b"\\\""),
                '<' | '>' | '&' | '=' | '\0'..='\x1f' => {
                    out.push(format!("\\u{:04X}", u32::from(c)).as_bytes());
                }
                c if c.is_ascii() || is_print(c) => out.push(c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => out.push(format!("\\u{:04X}", u32::from(c)).as_bytes()),
            }
        }
        // Go reads each byte that is no UTF-8 as U+FFFD, which it can print, and so prints the byte.
        out.push(chunk.invalid());
    }
    call.string(out.into_bytes())
}

fn url_query(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let text = text(call, args)?;
    call.afford(text.len().saturating_mul(3))?;
    let mut out = Buffer::default();
    for byte in text.iter() {
        match byte {
            b' ' => out.push(b"+"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(&[*byte]),
            byte => out.push(format!("%{byte:02X}").as_bytes()),
        }
    }
    call.string(out.into_bytes())
}
