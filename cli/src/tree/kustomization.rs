//! Kustomizations: which files they name, and which namespace they give.

mod namespaces;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use manifests::documents;
use serde_json::Value;

pub(super) use self::namespaces::Namespaces;
use crate::error::CommandError;
use crate::input;

/// The names that kustomize looks for in a folder (`RecognizedKustomizationFileNames` in its `konfig` package).
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields that list paths of files or folders.
const LISTS: [&str; 8] = [
    "resources",
    "bases",
    "components",
    "generators",
    "transformers",
    "validators",
    "configurations",
    "patchesStrategicMerge",
];

/// Fields that list objects with the `path` of a file.
const PATHS: [&str; 3] = ["patches", "patchesJson6902", "replacements"];

/// Fields that list generators, which take files into a ConfigMap or Secret.
const GENERATORS: [&str; 2] = ["configMapGenerator", "secretGenerator"];

/// A kustomization, read.
pub(super) struct Kustomization {
    /// The real path of its folder.
    folder: PathBuf,
    /// The namespace that it puts into everything.
    namespace: Option<String>,
    /// The real paths of the files that it names and that exist.
    pub(super) files: BTreeSet<PathBuf>,
    /// The same of folders.
    folders: BTreeSet<PathBuf>,
}

/// Whether the file has the name of a kustomization.
pub(super) fn is_one(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| NAMES.iter().any(|known| name == *known))
}

/// The kustomization of a folder, if it has one.
pub(super) fn of_folder(folder: &Path) -> Option<PathBuf> {
    NAMES
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
}

impl Kustomization {
    /// Reads one. What it names and isn't there (an address, an inline patch) is passed over: to say so is
    /// kustomize's part.
    ///
    /// # Errors
    /// When it can't be read, or isn't one YAML object.
    pub(super) fn read(path: &Path) -> Result<Self, CommandError> {
        let doing = || format!("cannot use the kustomization `{}`", path.display());
        let read = || -> Result<Self, CommandError> {
            let bytes = input::read_file(path)?;
            let documents = documents::read(&path.display().to_string(), &bytes)?;
            let empty = Value::Null;
            let value = documents.first().map_or(&empty, |document| &document.value);
            let real = fs::canonicalize(path).map_err(CommandError::failed)?;
            let folder = real.parent().unwrap_or_else(|| Path::new("/")).to_owned();
            let (files, folders) = named(value)
                .into_iter()
                .filter_map(|name| fs::canonicalize(folder.join(name)).ok())
                .partition(|place| place.is_file());
            let namespace = value.get("namespace").and_then(Value::as_str);
            Ok(Self {
                folder,
                namespace: namespace.filter(|name| !name.is_empty()).map(str::to_owned),
                files,
                folders,
            })
        };
        read().map_err(|error| error.context(doing()))
    }
}

/// Every path in the object.
fn named(value: &Value) -> Vec<&str> {
    let mut names = Vec::new();
    for field in LISTS {
        names.extend(array(value, field).iter().filter_map(Value::as_str));
    }
    for field in PATHS {
        names.extend(
            array(value, field)
                .iter()
                .filter_map(|entry| entry.get("path")?.as_str()),
        );
    }
    for generator in GENERATORS.iter().flat_map(|field| array(value, field)) {
        // `key=path`, or a path whose name is the key.
        let files = array(generator, "files").iter().filter_map(Value::as_str);
        names.extend(files.map(|file| file.split_once('=').map_or(file, |(_, path)| path)));
        names.extend(array(generator, "envs").iter().filter_map(Value::as_str));
        names.extend(generator.get("env").and_then(Value::as_str));
    }
    names
}

fn array<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value
        .get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
