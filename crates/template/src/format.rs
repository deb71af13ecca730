//! Go's package fmt: the verbs of `printf`, and how values print by default.

mod directive;
mod field;
mod float;
mod integer;
mod printer;
mod quote;
mod text;

use crate::call::Call;
use crate::failure::Failure;
use crate::value::Value;
use printer::Printer;

/// Returns what Go's `fmt.Sprint` returns: operands in their default form, a space between two that are no strings.
///
/// The bytes are the caller's to charge, which `Call::string` does.
///
/// # Errors
///
/// If the text is longer, or the values are nested deeper, than the limits.
pub(crate) fn sprint(call: &mut Call<'_>, values: &[Value]) -> Result<Vec<u8>, Failure> {
    let mut printer = Printer::new(call);
    let mut after_string = true;
    for value in values {
        let string = matches!(value, Value::String(_));
        if !string && !after_string {
            printer.write(b" ")?;
        }
        printer.argument(value, 'v')?;
        after_string = string;
    }
    Ok(printer.finish())
}

/// Returns what Go's `fmt.Sprintln` returns: operands in their default form, spaces between, a line break after.
///
/// # Errors
///
/// As for [`sprint`].
pub(crate) fn sprintln(call: &mut Call<'_>, values: &[Value]) -> Result<Vec<u8>, Failure> {
    let mut printer = Printer::new(call);
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            printer.write(b" ")?;
        }
        printer.argument(value, 'v')?;
    }
    printer.write(b"\n")?;
    Ok(printer.finish())
}

/// Returns what Go's `fmt.Sprintf` returns; a format that does not fit the values is no error, but is said in the text.
///
/// # Errors
///
/// As for [`sprint`], and for what would print an address.
pub(crate) fn sprintf(call: &mut Call<'_>, format: &[u8], values: &[Value]) -> Result<Vec<u8>, Failure> {
    let mut printer = Printer::new(call);
    directive::print(&mut printer, format, values)?;
    Ok(printer.finish())
}
