//! Go's ways to read a value and to say why it can't, in the words that scripts look for.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// Reads a boolean as Go does (`strconv.ParseBool`).
///
/// # Errors
/// Go's message for anything else.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!("strconv.ParseBool: parsing {text:?}: invalid syntax")),
    }
}

/// Reads a whole number of 32 bits as Go does.
///
/// # Errors
/// Go's message for anything else.
pub(super) fn integer(text: &str) -> Result<i32, String> {
    text.parse()
        .map_err(|_| format!("strconv.ParseInt: parsing {text:?}: invalid syntax"))
}

/// Why a file can't be read, as Go says it: `open FILE: no such file or directory`. A folder can be opened there.
pub(super) fn open_error(path: &Path, error: &io::Error) -> String {
    let mut doing = "open";
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => {
            doing = "read";
            "is a directory".to_owned()
        }
        io::ErrorKind::NotADirectory => "not a directory".to_owned(),
        _ => error.to_string(),
    };
    format!("{doing} {}: {reason}", path.display())
}

/// The paths of one comma-separated value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Csv(pub(super) Vec<PathBuf>);

impl Csv {
    /// Takes a value apart at its commas; a part in double quotes may hold some (`encoding/csv`).
    ///
    /// # Errors
    /// When a quote has no end, or stands in the middle of a part.
    pub(super) fn parse(text: &OsStr) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let Some(text) = text.to_str() else {
            // Not to be taken apart safely; no list of Go's holds such a name either.
            return Ok(Self(vec![PathBuf::from(text)]));
        };
        let mut parts = Vec::new();
        let mut rest = text;
        loop {
            let (part, after) = match rest.strip_prefix('"') {
                Some(quoted) => in_quotes(quoted)?,
                None => plain(rest)?,
            };
            parts.push(PathBuf::from(part));
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None => return Ok(Self(parts)),
            }
        }
    }
}

/// A part without quotes, and what follows it: nothing, or a comma.
fn plain(text: &str) -> Result<(String, &str), String> {
    let (part, after) = text.split_at(text.find(',').unwrap_or(text.len()));
    if part.contains('"') {
        return Err("parse error: bare \" in non-quoted-field".to_owned());
    }
    Ok((part.to_owned(), after))
}

/// A part after its opening quote, in which two quotes stand for one.
fn in_quotes(text: &str) -> Result<(String, &str), String> {
    let mut part = String::new();
    let mut rest = text;
    loop {
        let unfinished = || "parse error: extraneous or missing \" in quoted-field".to_owned();
        let (before, after) = rest.split_once('"').ok_or_else(unfinished)?;
        part.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                part.push('"');
                rest = more;
            }
            None if after.is_empty() || after.starts_with(',') => return Ok((part, after)),
            None => return Err(unfinished()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<Vec<String>, String> {
        let Csv(paths) = Csv::parse(OsStr::new(text))?;
        Ok(paths.iter().map(|path| path.display().to_string()).collect())
    }

    #[test]
    fn booleans_are_spelled_as_go_spells_them() {
        assert_eq!((boolean("T"), boolean("0")), (Ok(true), Ok(false)));
        let refused = "strconv.ParseBool: parsing \"yes\": invalid syntax".to_owned();
        assert_eq!(boolean("yes"), Err(refused));
    }

    #[test]
    fn a_list_ends_at_commas_outside_of_quotes() {
        assert_eq!(list("").unwrap(), [""; 0]);
        assert_eq!(list("a,b,").unwrap(), ["a", "b", ""]);
        assert_eq!(list("\"a,b\",\"c\"\"d\"").unwrap(), ["a,b", "c\"d"]);
        assert!(list("a\"b").is_err() && list("\"a").is_err() && list("\"a\"b").is_err());
    }
}
