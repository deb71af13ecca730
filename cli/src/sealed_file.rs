//! A file whose SealedSecrets are changed in place: only the asked items change, every other byte stays.

mod namespace;
mod selection;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use manifests::edit::{self, Edit, Editable};
use zeroize::Zeroizing;

pub(crate) use self::namespace::Assumed;
pub(crate) use self::selection::{Picked, SelectionArgs};
use crate::atomic_file::{self, Before, Exchange, Leftovers, Readers};
use crate::error::CommandError;
use crate::input;
use crate::printer::Printer;

/// Which file to change.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct SealedFileArgs {
    /// The file with the SealedSecret (YAML or JSON, other documents may stand beside it); `-` is standard input, and
    /// the result goes to standard output
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
}

/// Where the result goes.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct TargetArgs {
    /// Write the result to this file, or into this folder, and leave FILE as it is; `-` is standard output
    #[arg(short = 'w', long = "write", value_name = "PATH")]
    pub(crate) write: Option<PathBuf>,
}

/// A file that was read to be changed.
pub(crate) struct SealedFile {
    /// `None` is standard input.
    path: Option<PathBuf>,
    /// Where it is, links followed; `None` is what can't be replaced: standard input, a pipe.
    place: Option<PathBuf>,
    bytes: Zeroizing<Vec<u8>>,
    editable: Editable,
}

impl SealedFile {
    /// Reads a file, or, for `-`, standard input.
    ///
    /// # Errors
    /// When it cannot be read, is larger than 10 MiB, or is neither YAML nor JSON.
    pub(crate) fn read(path: &Path) -> Result<Self, CommandError> {
        let path = Some(path).filter(|path| path.as_os_str() != "-");
        let place = path
            .filter(|path| path.is_file())
            .and_then(|path| fs::canonicalize(path).ok());
        let bytes = match path {
            Some(path) => input::read_file(path)?,
            None => input::read_stdin()?,
        };
        let editable = edit::read(&name_of(path), &bytes).map_err(|error| {
            let error = CommandError::from(error);
            if bytes.windows(2).any(|two| two == b"{{") {
                error
                    .hint("a template of Helm is no YAML before Helm has filled it in, so it can't be edited")
            } else {
                error
            }
        })?;
        Ok(Self {
            path: path.map(Path::to_owned),
            place,
            bytes,
            editable,
        })
    }

    /// The name in messages.
    pub(crate) fn name(&self) -> String {
        name_of(self.path.as_deref())
    }

    /// The file; nothing for standard input.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Its documents and where they stand.
    pub(crate) fn editable(&self) -> &Editable {
        &self.editable
    }

    /// Makes all the edits and writes the result: to `target`, else in place, else, for standard input, to standard
    /// output. A file is replaced whole or not at all.
    ///
    /// # Errors
    /// When an edit can't be made without touching more, when the file is another one than was read, and when the
    /// result cannot be written. Nothing is written then.
    pub(crate) fn write(
        &self,
        edits: &[Edit],
        target: Option<&Path>,
        printer: &Printer,
    ) -> Result<(), CommandError> {
        if let Some(path) = self.put(edits, target, printer)? {
            printer.note(&format!("wrote `{}`", path.display()));
        }
        Ok(())
    }

    /// As [`Self::write`], saying nothing. Returns the file that was written, if one was.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(crate) fn put(
        &self,
        edits: &[Edit],
        target: Option<&Path>,
        printer: &Printer,
    ) -> Result<Option<PathBuf>, CommandError> {
        let edited = self
            .editable
            .edit(edits)
            .map_err(|error| CommandError::failed(error).context(format!("cannot edit `{}`", self.name())))?;
        let text = Zeroizing::new(edited.text);
        let Some(path) = self.destination(target)? else {
            printer.data(text.as_bytes())?;
            return Ok(None);
        };
        let place = resolved(&path);
        Leftovers::remove_beside(&place);
        // Typing a value takes a while, in which an editor or a `git pull` may have written the file.
        if self.place.is_some() && (target.is_none() || self.place.as_ref() == Some(&place)) {
            Exchange::prepare(&path, text.as_bytes(), Before::Text(&self.bytes))?.commit()?;
        } else {
            atomic_file::replace(&path, text.as_bytes(), Readers::Anyone)?;
        }
        Ok(Some(path))
    }

    fn destination(&self, target: Option<&Path>) -> Result<Option<PathBuf>, CommandError> {
        let Some(target) = target else {
            return Ok(self.path.clone());
        };
        if target.as_os_str() == "-" {
            return Ok(None);
        }
        if !target.is_dir() && !target.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Ok(Some(target.to_owned()));
        }
        let Some(name) = self.path.as_deref().and_then(Path::file_name) else {
            return Err(CommandError::usage(format!(
                "what comes from standard input has no name for a file in the folder `{}`",
                target.display()
            ))
            .hint("write to a file: -w FILE"));
        };
        fs::create_dir_all(target)
            .with_context(|| format!("cannot make the folder `{}`", target.display()))?;
        Ok(Some(target.join(name)))
    }
}

/// Where the path leads to, links followed; of what isn't there, where it would be.
fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        match (fs::canonicalize(folder), path.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name),
            _ => path.to_owned(),
        }
    })
}

fn name_of(path: Option<&Path>) -> String {
    path.map_or_else(|| "<stdin>".to_owned(), |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "kind: SealedSecret\n";

    fn file_in(folder: &Path) -> SealedFile {
        let path = folder.join("a.yaml");
        fs::write(&path, TEXT).unwrap();
        SealedFile::read(&path).unwrap()
    }

    #[test]
    fn a_path_is_the_same_whichever_way_it_is_written_and_whether_or_not_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = file_in(folder.path());
        fs::create_dir(folder.path().join("sub")).unwrap();
        let paths = ["a.yaml", "./a.yaml", "sub/../a.yaml"].map(|path| folder.path().join(path));
        for path in &paths {
            assert_eq!(Some(resolved(path)), file.place, "{}", path.display());
        }
        fs::remove_file(folder.path().join("a.yaml")).unwrap();
        for path in &paths {
            assert_eq!(Some(resolved(path)), file.place, "{}", path.display());
        }
    }

    #[test]
    fn the_result_goes_to_the_file_the_target_or_into_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = file_in(folder.path());
        let check = |target: Option<&Path>, expected: Option<PathBuf>| {
            assert_eq!(file.destination(target).unwrap(), expected);
        };
        check(None, Some(folder.path().join("a.yaml")));
        check(Some(Path::new("-")), None);
        check(Some(folder.path()), Some(folder.path().join("a.yaml")));
        let other = folder.path().join("b.yaml");
        check(Some(&other), Some(other.clone()));
    }
}
