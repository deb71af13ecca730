//! Where documents come from: files, folders and standard input, any number of each.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use manifests::documents::{self, Document};
use zeroize::Zeroizing;

use crate::error::CommandError;
use crate::printer::Printer;
use crate::tree;

/// The largest file that is read. An object in a cluster is at most 1.5 MiB, so this is a file of
/// many; anything larger is a mistake such as a disk image, and reading it would only eat memory.
pub(crate) const FILE_LIMIT: u64 = 10 * 1024 * 1024;

/// All files of one call together.
const TOTAL_LIMIT: u64 = 256 * 1024 * 1024;

/// The name of standard input in messages.
pub(crate) const STDIN: &str = "<stdin>";

/// Which documents to read.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct InputArgs {
    /// Files and folders to read; `-` is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The same as a flag, repeatable: a file, a folder (its *.yaml, *.yml and *.json, at any depth,
    /// hidden ones left out) or `-`
    #[arg(short = 'f', long = "file", visible_alias = "filename", value_name = "FILE")]
    flagged: Vec<PathBuf>,
}

impl InputArgs {
    /// Whether no file, folder or `-` was named.
    pub(crate) fn names_nothing(&self) -> bool {
        self.files.is_empty() && self.flagged.is_empty()
    }

    /// Whether the documents come from standard input, which then can't answer a question.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.files
            .iter()
            .chain(&self.flagged)
            .any(|path| path.as_os_str() == "-")
    }
}

impl InputArgs {
    /// Whether standard input is read: because it was named, or because nothing was.
    pub(crate) fn may_read_stdin(&self) -> bool {
        self.names_nothing() || self.reads_stdin()
    }
}

/// The documents of one file, and where they came from.
pub(crate) struct Input {
    /// Where the file is.
    pub(crate) origin: Origin,
    /// Its documents in order.
    pub(crate) documents: Vec<Document>,
}

/// Where a file of documents is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Standard input.
    Stdin,
    /// A file: its path as it was given or found, and its path below the folder that was searched
    /// (just its name when the file itself was given).
    File {
        /// The path to open.
        path: PathBuf,
        /// Where it would be in a folder that mirrors the one searched.
        relative: PathBuf,
    },
}

impl Origin {
    /// The name in messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin => STDIN.to_owned(),
            Self::File { path, .. } => path.display().to_string(),
        }
    }
}

/// Reads and parses everything that was named, in order; with nothing named, standard input.
///
/// # Errors
/// When something cannot be read or is too large, when a folder holds no manifest, when a file is
/// no YAML or JSON, and when there is no document at all. Nothing is returned then.
pub(crate) fn load(args: &InputArgs, printer: &Printer) -> Result<Vec<Input>, CommandError> {
    let mut origins = Vec::new();
    for path in args.files.iter().chain(&args.flagged) {
        if path.as_os_str() == "-" {
            if origins.contains(&Origin::Stdin) {
                return Err(CommandError::usage("`-` (standard input) can be read only once"));
            }
            origins.push(Origin::Stdin);
        } else {
            origins.extend(find(path)?);
        }
    }
    if origins.is_empty() {
        if io::stdin().is_terminal() {
            printer.note("reading from the terminal: end with Ctrl-D, or name a file with -f");
        }
        origins.push(Origin::Stdin);
    }
    let mut budget = TOTAL_LIMIT;
    let mut inputs = Vec::with_capacity(origins.len());
    for origin in origins {
        let bytes = match &origin {
            Origin::Stdin => bounded(io::stdin().lock(), STDIN)?,
            Origin::File { path, .. } => read_file(path)?,
        };
        budget = budget.checked_sub(bytes.len() as u64).ok_or_else(|| {
            CommandError::message(format!(
                "the files are larger than {} MiB together, which is the most that one call reads",
                TOTAL_LIMIT >> 20
            ))
            .hint("run the command for a part of the files at a time")
        })?;
        let documents = documents::expand_lists(documents::read(&origin.name(), &bytes)?)?;
        inputs.push(Input { origin, documents });
    }
    if inputs.iter().all(|input| input.documents.is_empty()) {
        let names: Vec<_> = inputs.iter().map(|input| input.origin.name()).collect();
        return Err(
            CommandError::message(format!("no document in {}", names.join(", ")))
                .hint("the input is empty or holds only comments"),
        );
    }
    Ok(inputs)
}

/// Reads one file whole.
///
/// # Errors
/// When it cannot be read or is larger than 10 MiB.
pub(crate) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let file = fs::File::open(path).with_context(|| format!("cannot open `{}`", path.display()))?;
    bounded(file, &path.display().to_string())
}

/// Reads standard input whole.
///
/// # Errors
/// As [`read_file`].
pub(crate) fn read_stdin() -> Result<Zeroizing<Vec<u8>>, CommandError> {
    bounded(io::stdin().lock(), STDIN)
}

/// Reads to the end.
///
/// # Errors
/// As [`read_file`].
pub(crate) fn bounded(reader: impl io::Read, name: &str) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let mut bytes = Zeroizing::new(Vec::new());
    reader
        .take(FILE_LIMIT + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read `{name}`"))?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(CommandError::message(format!(
            "`{name}` is larger than {} MiB, which is the most that is read from one file",
            FILE_LIMIT >> 20
        )));
    }
    Ok(bytes)
}

/// The file itself, or the manifests below a folder in the order of their paths.
fn find(path: &Path) -> Result<Vec<Origin>, CommandError> {
    let about = fs::metadata(path).with_context(|| format!("cannot open `{}`", path.display()))?;
    if !about.is_dir() {
        let relative = path.file_name().map_or_else(|| path.to_owned(), PathBuf::from);
        return Ok(vec![Origin::File {
            path: path.to_owned(),
            relative,
        }]);
    }
    let walked = tree::walk(path);
    if let Some(problem) = walked.problems.into_iter().next() {
        return Err(problem.error);
    }
    let found = walked.manifests;
    if found.is_empty() {
        return Err(
            CommandError::message(format!("no manifest in the folder `{}`", path.display())).hint(
                "a folder is searched for *.yaml, *.yml and *.json; names that begin with a dot are left out",
            ),
        );
    }
    Ok(found
        .into_iter()
        .map(|file| {
            let relative = file.strip_prefix(path).unwrap_or(&file).to_owned();
            Origin::File { path: file, relative }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(origins: &[Origin]) -> Vec<String> {
        origins
            .iter()
            .map(|origin| match origin {
                Origin::Stdin => STDIN.to_owned(),
                Origin::File { relative, .. } => relative.display().to_string(),
            })
            .collect()
    }

    #[test]
    fn a_folder_gives_its_manifests_sorted_without_hidden_ones() {
        let folder = tempfile::tempdir().unwrap();
        for file in [
            "b.yaml",
            "a/z.YML",
            "a/c.json",
            "note.txt",
            ".git/x.yaml",
            "a/.hidden.yaml",
        ] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        assert_eq!(
            names(&find(folder.path()).unwrap()),
            ["a/c.json", "a/z.YML", "b.yaml"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_back_to_the_folder_does_not_loop() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.yaml"), "{}").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again.yaml")).unwrap();
        assert_eq!(names(&find(folder.path()).unwrap()), ["a.yaml"]);
    }

    #[test]
    fn a_file_over_the_limit_is_refused_without_reading_it_whole() {
        let error = bounded(io::repeat(b' '), "big.yaml").unwrap_err();
        assert_eq!(
            error.causes(),
            ["`big.yaml` is larger than 10 MiB, which is the most that is read from one file"]
        );
    }
}
