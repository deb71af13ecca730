//! Where a database is: the file that a URL or a data source name points to.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::TargetError;

/// The file of a SQLite database and how to open it.
///
/// Neither [`fmt::Debug`] nor [`fmt::Display`] shows the parameters of the text that it was read from.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    place: Place,
    mode: Mode,
}

#[derive(Clone, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    Memory,
}

/// What may be done to the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read, write, and make it when it is missing.
    #[default]
    Create,
    /// Read and write.
    ReadWrite,
    /// Read.
    ReadOnly,
}

impl Target {
    /// Returns the same target with a relative path taken from `folder`, such as the folder of the manifest.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        if let Place::File(path) = &mut self.place {
            *path = folder.join(&*path);
        }
        self
    }

    /// Returns the path of the file; `None` for a database in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Memory => None,
        }
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }
}

/// Reads `sqlite://PATH`, `sqlite:PATH`, a plain path, `:memory:`, or a go-sqlite3 data source name
/// `file:PATH?PARAMETERS`, which is what `SchemaHero`'s `dsn` holds.
///
/// In the forms with a scheme, `%XX` stands for a byte, as in SQLite's own URI file names. Everything after the
/// first `?` is parameters, in the plain form too (go-sqlite3 cuts it off there). Of these `mode` (`ro`, `rw`,
/// `rwc`, `memory`) and `immutable` have an effect; those that only tune the connection of an application, such as
/// `cache` and `_fk`, have none.
impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (uri, rest) = match text.split_once(':') {
            Some((scheme, rest))
                if scheme.eq_ignore_ascii_case("sqlite") || scheme.eq_ignore_ascii_case("file") =>
            {
                (Some(scheme.to_ascii_lowercase()), rest)
            }
            _ => (None, text),
        };
        if let (None, Some((scheme, _))) = (&uri, text.split_once("://")) {
            return Err(TargetError::Scheme {
                scheme: scheme.to_owned(),
            });
        }
        let rest = rest
            .split_once('#')
            .filter(|_| uri.is_some())
            .map_or(rest, |(before, _)| before);
        let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let path = match uri.as_deref() {
            None => path.to_owned(),
            Some(scheme) => decode(without_authority(scheme, path)?)?,
        };
        let mut target = Self {
            place: Place::File(PathBuf::from(&path)),
            mode: Mode::Create,
        };
        if path == ":memory:" {
            target.place = Place::Memory;
        } else if path.is_empty() {
            return Err(TargetError::NoPath);
        } else if path.contains('\0') {
            return Err(TargetError::Nul);
        }
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            target.set(&decode(name)?, &decode(value)?)?;
        }
        Ok(target)
    }
}

impl Target {
    fn set(&mut self, name: &str, value: &str) -> Result<(), TargetError> {
        match (name, value) {
            ("mode", "ro") | ("immutable", "1" | "true" | "on" | "yes") => self.mode = Mode::ReadOnly,
            ("mode", "rw") => self.mode = Mode::ReadWrite,
            ("mode", "rwc") => self.mode = Mode::Create,
            ("mode", "memory") => self.place = Place::Memory,
            ("mode", _) => return Err(TargetError::Mode),
            ("vfs", _) => return Err(TargetError::Parameter { name: "vfs" }),
            (auth, _) if auth.starts_with("_auth") => return Err(TargetError::Parameter { name: "_auth" }),
            (key, _) if key.starts_with("_key") || key.starts_with("_pragma_key") || key == "key" => {
                return Err(TargetError::Parameter { name: "_key" });
            }
            _ => {}
        }
        Ok(())
    }
}

/// `file://localhost/path` and `file:///path` name no other machine (SQLite's URI file names); `sqlite://path` has
/// no authority at all, as in other tools that take such URLs.
fn without_authority<'a>(scheme: &str, path: &'a str) -> Result<&'a str, TargetError> {
    let Some(rest) = path.strip_prefix("//") else {
        return Ok(path);
    };
    if scheme == "sqlite" {
        return Ok(rest);
    }
    match rest.strip_prefix("localhost").unwrap_or(rest) {
        path if path.starts_with('/') => Ok(path),
        _ => Err(TargetError::Authority),
    }
}

fn decode(text: &str) -> Result<String, TargetError> {
    let bytes = schema::address::percent_decoded(text).ok_or(TargetError::Percent)?;
    String::from_utf8(bytes).map_err(|_| TargetError::Percent)
}

/// Writes the path, or `:memory:`, and nothing else.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::File(path) => write!(f, "{}", path.display()),
            Place::Memory => f.write_str(":memory:"),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({self}, {:?})", self.mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> String {
        text.parse::<Target>().expect(text).to_string()
    }

    #[test]
    fn every_form_of_a_path_is_read() {
        for (text, expected) in [
            ("sqlite:///var/db/a.db", "/var/db/a.db"),
            ("sqlite://a.db", "a.db"),
            ("sqlite:a.db", "a.db"),
            ("a.db", "a.db"),
            ("./dir/a b.db", "./dir/a b.db"),
            ("file:a.db?cache=shared&_fk=1", "a.db"),
            ("file:///abs/a%20b.db", "/abs/a b.db"),
            ("file://localhost/abs/a.db#part", "/abs/a.db"),
            ("a.db?_fk=1", "a.db"),
            ("sqlite:a%3Fb.db", "a?b.db"),
            (":memory:", ":memory:"),
            ("sqlite::memory:", ":memory:"),
            ("file::memory:?cache=shared", ":memory:"),
            ("file:x?mode=memory", ":memory:"),
            ("C:\\data\\a.db", "C:\\data\\a.db"),
        ] {
            assert_eq!(path(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_names_no_file_is_refused() {
        for text in [
            "",
            "sqlite://",
            "file:?mode=ro",
            "postgres://h/db",
            "file://host/a.db",
            "sqlite:%2",
            "sqlite:%00",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_mode_is_read_and_secrets_are_refused_unseen() {
        let target: Target = "file:a.db?mode=ro&x=hunter2".parse().expect("a target");
        assert_eq!(target.mode(), Mode::ReadOnly);
        assert!(!format!("{target:?} {target}").contains("hunter2"));
        let error = "file:a.db?_auth_pass=hunter2"
            .parse::<Target>()
            .expect_err("not served");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn a_relative_path_is_taken_from_the_folder() {
        let target: Target = "sqlite:x/a.db".parse().expect("a target");
        assert_eq!(target.within(Path::new("/base")).to_string(), "/base/x/a.db");
        let target: Target = "sqlite:/x/a.db".parse().expect("a target");
        assert_eq!(target.within(Path::new("/base")).to_string(), "/x/a.db");
    }
}
