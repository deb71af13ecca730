//! YAML in and out: the only module that knows the YAML library.

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_saphyr::{Error, LitStr, Options};

pub(crate) mod locate;
pub(crate) mod tree;

/// Deepest nesting that is read. The reader recurses, and twice this depth overflows the 2 MiB stack of a
/// thread in a build without optimisation; no Kubernetes object is half as deep.
const MAX_DEPTH: usize = 64;
/// Most mappings, sequences and scalars in a document of 10 MiB.
const MAX_NODES: usize = 5_000_000;

/// A value that can't be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It isn't a value of JSON, to which every manifest belongs.
    #[error("the object can't be written as YAML")]
    Value(#[source] serde_json::Error),
    /// The YAML library refused it.
    #[error("the object can't be written as YAML")]
    Text(#[source] serde_saphyr::SerializeError),
}

/// Returns block-style YAML with a line feed at its end.
///
/// Strings that YAML 1.1 readers would take for something else (`on`, `1_000`, `012`) are quoted: kubectl,
/// Argo CD and Flux read with a Go library that is one. Strings of several lines become literal blocks
/// where that library reads them back.
///
/// # Errors
/// [`WriteError`]; an object of this workspace never fails.
pub fn to_string(value: &impl Serialize) -> Result<String, WriteError> {
    let value = serde_json::to_value(value).map_err(WriteError::Value)?;
    // Long base64 stays on one line, as kubeseal writes it; there is nothing to fold at.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false, folded_wrap_chars: usize::MAX };
    let mut text = serde_saphyr::to_string_with_options(&Block(&value), options).map_err(WriteError::Text)?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// Writes a value with literal blocks.
struct Block<'a>(&'a Value);

impl Serialize for Block<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) if is_plain_lines(text) => LitStr(text).serialize(to),
            Value::Array(list) => to.collect_seq(list.iter().map(Block)),
            Value::Object(map) => to.collect_map(map.iter().map(|(key, value)| (key, Block(value)))),
            other => other.serialize(to),
        }
    }
}

/// Returns whether Go's reader and every other agree on this text as a literal block.
///
/// Go's refuses a tab where a line begins, folds the breaks that Unicode adds, and reads a carriage
/// return as a line feed.
fn is_plain_lines(text: &str) -> bool {
    let is_plain = |c: char| matches!(c, '\n' | ' '..='~') || (c.is_alphanumeric() && !c.is_control());
    let is_full = |line: &str| line.is_empty() || !line.trim_matches(' ').is_empty();
    text.trim_end_matches('\n').contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && text.chars().all(is_plain)
        && text.lines().all(is_full)
}

/// What is wrong with a text, without any of the text.
pub(crate) struct SyntaxError {
    /// Line, counted from 1 at the start of the text, where it is known.
    pub(crate) line: Option<usize>,
    /// Column in characters, counted from 1, where the line is known.
    pub(crate) column: Option<usize>,
    pub(crate) message: String,
}

/// Returns the value of one document.
pub(crate) fn parse(text: &str) -> Result<Value, SyntaxError> {
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| {
        let number = |number: u64| usize::try_from(number).ok().filter(|number| *number > 0);
        let line = error.location().and_then(|location| number(location.line()));
        SyntaxError {
            line,
            column: error
                .location()
                .filter(|_| line.is_some())
                .and_then(|location| number(location.column())),
            message: message(&error),
        }
    })
}

fn options() -> Options {
    serde_saphyr::options! {
        // A snippet shows the lines around an error: a value could be a password.
        with_snippet: false,
        // As Go's reader: 012 is ten.
        legacy_octal_numbers: true,
        // What aliases stand for is read again at each of them.
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 },
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
        },
    }
}

/// Returns a message that quotes nothing but keys.
fn message(error: &Error) -> String {
    match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("the key `{key}` stands twice in one mapping")
        }
        Error::DuplicateMappingKey { key: None, .. } => "a key stands twice in one mapping".to_owned(),
        Error::UnknownAnchor { .. } => {
            "an alias (`*name`) names no anchor; quote the value if it is a text".to_owned()
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => {
            format!(
                "the document is nested deeper than {MAX_DEPTH} levels, or its aliases grow beyond all measure"
            )
        }
        Error::NonFiniteFloat { .. } => "a number that is not finite; quote it if it is a text".to_owned(),
        Error::AliasError { error, .. } | Error::WithSnippet { error, .. } => message(error),
        Error::Message { msg, .. } | Error::ExternalMessage { msg, .. } => in_own_words(msg),
        Error::Eof { .. } => "the document ends too early".to_owned(),
        Error::MultipleDocuments { .. } => "a second document begins without `---`".to_owned(),
        Error::MergeValueNotMapOrSeqOfMaps { .. } => "`<<` needs a mapping".to_owned(),
        Error::InvalidBinaryBase64 { .. } => "a `!!binary` value is not base64".to_owned(),
        _ => "not valid YAML".to_owned(),
    }
}

/// Returns a parser's message if it holds no more than a single character of the document between quotes.
fn in_own_words(message: &str) -> String {
    if message.starts_with("unexpected character") {
        return "a character that can't begin a value; quote the value".to_owned();
    }
    let quoted = message.split(['\'', '"', '`']).skip(1).step_by(2);
    let is_quiet = message.len() < 120 && quoted.into_iter().all(|piece| piece.chars().count() <= 1);
    if is_quiet && !message.is_empty() {
        message.to_owned()
    } else {
        "not valid YAML".to_owned()
    }
}

#[cfg(test)]
mod tests;
