//! Why a template can't be parsed or rendered.

use std::fmt;

use crate::failure::Failure;

/// Why a template can't be parsed or rendered, and where.
///
/// What it displays is made of the template's name and of names in its text; no value, argument or rendered text is in
/// it, since errors end up in logs, events and statuses that others can read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template {template:?}, line {line}, column {column}: {kind}")]
pub struct Error {
    template: Box<str>,
    line: usize,
    column: usize,
    kind: Kind,
}

impl Error {
    pub(crate) fn new(template: &str, text: &str, stop: Stop) -> Self {
        let (line, column) = line_and_column(text, stop.at);
        Self {
            template: template.into(),
            line,
            column,
            kind: stop.kind,
        }
    }

    /// Returns the name of the template.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Returns the line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the byte of the line, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns whether a limit was reached, and not the template at fault.
    pub fn is_limit(&self) -> bool {
        matches!(
            self.kind,
            Kind::TextTooLong
                | Kind::Failure(
                    Failure::Steps | Failure::Memory | Failure::Output | Failure::Depth | Failure::Expired
                )
        )
    }
}

/// Returns the line and the byte of the line, both from 1, of a byte of a text.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    let line_start = before
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |newline| newline + 1);
    (
        before.split(|&byte| byte == b'\n').count(),
        1 + before.len() - line_start,
    )
}

/// Where something stopped, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) at: usize,
    pub(crate) kind: Kind,
}

impl Stop {
    pub(crate) fn new(at: usize, kind: Kind) -> Self {
        Self { at, kind }
    }
}

/// What is wrong. The names are of the template's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    TextTooLong,
    Syntax(&'static str),
    UnknownFunction(Box<str>),
    UnknownVariable(Box<str>),
    UnknownTemplate,
    /// A function got too few or too many arguments.
    Arity(&'static str),
    /// A function got an argument of a type that it does not take; the type, and from 1 the number of the argument.
    Argument(&'static str, &'static str),
    /// A field was asked of a value that has none.
    Field(Box<str>),
    /// An action can't use the value that it is given.
    Action(&'static str),
    /// A function refused.
    Function(&'static str, &'static str),
    /// A limit was reached.
    Failure(Failure),
}

/// The longest name that is shown; the text is not ours and could be a single name.
const SHOWN: usize = 80;

impl Kind {
    pub(crate) fn unknown_function(name: &str) -> Self {
        Self::UnknownFunction(shown(name))
    }

    pub(crate) fn unknown_variable(name: &str) -> Self {
        Self::UnknownVariable(shown(name))
    }

    pub(crate) fn field(name: &str) -> Self {
        Self::Field(shown(name))
    }
}

fn shown(name: &str) -> Box<str> {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()).into(),
        None => name.into(),
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TextTooLong => f.write_str("is longer than the limit"),
            Self::Syntax(reason) | Self::Action(reason) | Self::Failure(Failure::Refused(reason)) => {
                f.write_str(reason)
            }
            Self::UnknownFunction(name) => write!(f, "calls `{name}`, which is no function"),
            Self::UnknownVariable(name) => write!(f, "uses the variable `{name}`, which is not declared"),
            Self::UnknownTemplate => f.write_str("runs a template that is not defined"),
            Self::Arity(name) => write!(f, "calls `{name}` with too few or too many arguments"),
            Self::Argument(name, expected) => {
                write!(
                    f,
                    "calls `{name}` with an argument that is not of type {expected}"
                )
            }
            Self::Field(name) => write!(f, "asks for the field `{name}` of a value that can't have it"),
            Self::Function(name, reason) => write!(f, "calls `{name}`, which {reason}"),
            Self::Failure(Failure::Steps) => f.write_str("takes more steps than the limit"),
            Self::Failure(Failure::Memory) => f.write_str("needs more memory than the limit"),
            Self::Failure(Failure::Output) => f.write_str("renders more text than the limit"),
            Self::Failure(Failure::Depth) => f.write_str("is nested deeper than the limit"),
            Self::Failure(Failure::Expired) => f.write_str("takes longer than the time that is left"),
        }
    }
}
