//! Where the repository is and which files belong to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Returns the root folder of the repository that this program was built from.
pub fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest)
}

/// One file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// Path from the root, with `/`.
    pub path: String,
    /// The text, or `None` when the file is not UTF-8.
    pub text: Option<String>,
}

impl SourceFile {
    /// Returns whether this is a Rust file.
    pub fn is_rust(&self) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|extension| extension == "rs")
    }
}

/// Returns the files that Git knows or would take (neither ignored nor deleted), by path.
///
/// # Errors
/// When Git cannot list them or a file cannot be read.
pub fn files(root: &Path) -> Result<Vec<SourceFile>> {
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("listing the files of the repository with `git ls-files`")?;
    ensure!(
        listing.status.success(),
        "listing the files of the repository with `git ls-files`: {}",
        String::from_utf8_lossy(&listing.stderr).trim()
    );
    let mut paths: Vec<String> = String::from_utf8(listing.stdout)
        .context("reading the file names of the repository")?
        .split_terminator('\0')
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        match fs::read(root.join(&path)) {
            Ok(bytes) => files.push(SourceFile {
                text: String::from_utf8(bytes).ok(),
                path,
            }),
            // Deleted in the work tree and not yet in the index, or a link to a folder.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("reading `{path}`")),
        }
    }
    Ok(files)
}

/// Returns Cargo's folder for what it builds: `target` unless configured otherwise.
///
/// # Errors
/// When `cargo metadata` fails.
pub fn target_directory(root: &Path) -> Result<PathBuf> {
    let metadata = metadata(root)?;
    let path = metadata["target_directory"]
        .as_str()
        .context("`cargo metadata` names no target directory")?;
    Ok(PathBuf::from(path))
}

/// Returns what `cargo metadata` says about the workspace's own packages.
///
/// # Errors
/// When Cargo fails: its message is part of the error.
pub fn metadata(root: &Path) -> Result<serde_json::Value> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version=1", "--no-deps"])
        .current_dir(root)
        .output()
        .context("running `cargo metadata`")?;
    ensure!(
        output.status.success(),
        "running `cargo metadata`: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    serde_json::from_slice(&output.stdout).context("reading the answer of `cargo metadata`")
}
