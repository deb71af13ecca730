//! Kustomizations: which files they name, and which namespace they give.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use manifests::documents;
use serde_json::Value;

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

/// Which namespaces kustomizations give to files.
pub(super) struct Namespaces {
    by_file: BTreeMap<PathBuf, BTreeSet<String>>,
    by_folder: BTreeMap<PathBuf, BTreeSet<String>>,
}

impl Namespaces {
    /// As kustomize decides: the outermost kustomization that gives one wins over those that it takes in.
    pub(super) fn of(kustomizations: &[Kustomization]) -> Self {
        let mut by_file: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
        let mut by_folder = BTreeMap::new();
        for kustomization in kustomizations {
            let given = given(kustomization, kustomizations, &mut Vec::new());
            for file in &kustomization.files {
                by_file
                    .entry(file.clone())
                    .or_default()
                    .extend(given.iter().cloned());
            }
            by_folder.insert(kustomization.folder.clone(), given);
        }
        Self { by_file, by_folder }
    }

    /// The namespaces of a file, by its real path: of the kustomizations that name it, else of that in its folder.
    pub(super) fn of_file(&self, place: &Path) -> Vec<String> {
        let named = self.by_file.get(place).filter(|given| !given.is_empty());
        let beside = || place.parent().and_then(|folder| self.by_folder.get(folder));
        named.or_else(beside).into_iter().flatten().cloned().collect()
    }
}

fn given<'a>(
    of: &'a Kustomization,
    all: &'a [Kustomization],
    on_the_way: &mut Vec<&'a Path>,
) -> BTreeSet<String> {
    let mut outer = BTreeSet::new();
    // Kustomize refuses a cycle; here it only must not be followed for ever.
    if !on_the_way.contains(&of.folder.as_path()) {
        on_the_way.push(&of.folder);
        for parent in all.iter().filter(|other| other.folders.contains(&of.folder)) {
            outer.extend(given(parent, all, on_the_way));
        }
        on_the_way.pop();
    }
    if outer.is_empty() {
        outer.extend(of.namespace.clone());
    }
    outer
}
