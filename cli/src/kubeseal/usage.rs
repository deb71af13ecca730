//! What is wrong with the flags, in pflag's words.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::flags::FLAGS;

/// The message of an error that clap found.
pub(super) fn message(error: &clap::Error, arguments: &[OsString]) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let argument = text(ContextKind::InvalidArg);
    let value = text(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument => unknown(argument, arguments),
        ErrorKind::InvalidValue | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues
            if value.is_empty() =>
        {
            needs_argument(argument, arguments)
        }
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(ToString::to_string);
            invalid(argument, value, &reason.unwrap_or_default())
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => {
            // The first line: the others advise in clap's words.
            let rendered = error.render().to_string();
            let first = rendered.lines().next().unwrap_or_default();
            first.trim_start_matches("error: ").to_owned()
        }
    }
}

fn unknown(argument: &str, arguments: &[OsString]) -> String {
    match argument.strip_prefix("--") {
        Some(name) if name.is_empty() || name.starts_with(['-', '=']) => {
            let written = arguments.iter().filter_map(|argument| argument.to_str());
            let written = written.filter(|written| written.starts_with("---") || written.starts_with("--="));
            format!("bad flag syntax: {}", written.min().unwrap_or(argument))
        }
        Some(name) => format!("unknown flag: --{name}"),
        None => {
            let letter = argument.trim_start_matches('-').chars().next().unwrap_or('-');
            format!(
                "unknown shorthand flag: {letter:?} in -{}",
                cluster_of(letter, arguments)
            )
        }
    }
}

fn needs_argument(argument: &str, arguments: &[OsString]) -> String {
    let name = long_name(argument);
    let short = FLAGS
        .iter()
        .find(|flag| flag.name == name)
        .and_then(|flag| flag.short);
    let last = arguments.last().map(|last| last.to_string_lossy());
    match (short, last) {
        (Some(short), Some(last)) if last.starts_with('-') && !last.starts_with("--") => {
            format!(
                "flag needs an argument: {short:?} in -{}",
                last.trim_start_matches('-')
            )
        }
        _ => format!("flag needs an argument: --{name}"),
    }
}

fn invalid(argument: &str, value: &str, reason: &str) -> String {
    let name = long_name(argument);
    let short = FLAGS
        .iter()
        .find(|flag| flag.name == name)
        .and_then(|flag| flag.short);
    let flag = match short {
        Some(short) => format!("-{short}, --{name}"),
        None => format!("--{name}"),
    };
    format!("invalid argument {value:?} for {flag:?} flag: {reason}")
}

/// `--name` of `--name <TEXT>` and of `--raw[=<BOOL>]`.
fn long_name(argument: &str) -> &str {
    let name = argument.trim_start_matches('-');
    let end = name.find([' ', '=', '[', '<']).unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}

/// The letters after one dash among which a letter was not known.
fn cluster_of(letter: char, arguments: &[OsString]) -> String {
    let clusters = arguments.iter().filter_map(|argument| {
        let letters = argument.to_str()?.strip_prefix('-')?;
        (!letters.starts_with('-')).then_some(letters)
    });
    let at = |letters: &str| {
        letters
            .find(letter)
            .and_then(|at| letters.get(at..).map(str::to_owned))
    };
    let mut clusters = clusters;
    clusters.find_map(at).unwrap_or_else(|| letter.to_string())
}
