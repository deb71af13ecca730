//! Going through the files.

use std::path::{Path, PathBuf};

use manifests::documents::{self, Document, DocumentError};
use manifests::verify::{self, Code, Expected, Finding, Sighting, of_file};

use super::VerifyArgs;
use super::allowed::Allowed;
use super::certificates::{Certificates, Recipients};
use super::generated;
use crate::config::{Config, Rule};
use crate::error::CommandError;
use crate::input;
use crate::tree::{self, Contents, LeftAlone, TreeFile};

/// A file without any of these has no SealedSecret in it, not even a misspelt one.
const SEALED: [&str; 2] = ["SealedSecret", "bitnami.com/"];
/// The same of plain Secrets and of what makes them.
const PLAIN: [&str; 2] = ["Secret", "secretGenerator"];

/// The name of standard input in messages.
const STDIN: &str = "<stdin>";

/// What was seen.
#[derive(Default)]
pub(super) struct Seen {
    /// Files that were looked at.
    pub(super) files: usize,
    /// What is wrong.
    pub(super) findings: Vec<Finding>,
    /// The SealedSecrets.
    pub(super) objects: Vec<Object>,
}

/// A SealedSecret.
pub(super) struct Object {
    /// The object.
    pub(super) document: Document,
    /// Its namespace, wherever it comes from.
    pub(super) namespace: Option<String>,
    folder: String,
    clusters: Vec<String>,
}

/// Goes through files.
pub(super) struct Checker<'a, 'c> {
    args: &'a VerifyArgs,
    config: Option<&'a Config>,
    allowed: &'a Allowed<'a>,
    certificates: &'a mut Certificates<'c>,
    seen: Seen,
}

/// A text to judge.
struct Text<'a> {
    name: &'a str,
    /// Where it is; not for standard input.
    file: Option<&'a TreeFile>,
    bytes: &'a [u8],
    /// Whether it may hold SealedSecrets, and not just plain ones.
    sealed: bool,
}

impl<'a, 'c> Checker<'a, 'c> {
    pub(super) fn new(
        args: &'a VerifyArgs,
        config: Option<&'a Config>,
        allowed: &'a Allowed<'a>,
        certificates: &'a mut Certificates<'c>,
    ) -> Self {
        Self {
            args,
            config,
            allowed,
            certificates,
            seen: Seen::default(),
        }
    }

    /// Judges everything below the paths.
    ///
    /// # Errors
    /// When a path isn't there, and when standard input can't be read.
    pub(super) fn check_all(&mut self, paths: &[PathBuf]) -> Result<(), CommandError> {
        let (stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.iter().cloned().partition(|path| path.as_os_str() == "-");
        let tree = tree::find(&paths)?;
        for file in &tree.files {
            self.file(file);
        }
        for problem in tree.problems {
            self.fail(&problem.path, &problem.error);
        }
        if !stdin.is_empty() {
            let bytes = input::read_stdin()?;
            self.seen.files += 1;
            self.text(&Text {
                name: STDIN,
                file: None,
                bytes: &bytes,
                sealed: true,
            });
        }
        Ok(())
    }

    /// What was seen, with what only all of it together shows.
    pub(super) fn finish(self) -> Seen {
        let mut seen = self.seen;
        let sightings: Vec<Sighting<'_>> = seen
            .objects
            .iter()
            .map(|object| Sighting {
                document: &object.document,
                namespace: object.namespace.as_deref(),
                folder: &object.folder,
                clusters: &object.clusters,
            })
            .collect();
        let duplicates = verify::duplicates(&sightings);
        seen.findings.extend(duplicates);
        seen
    }

    fn file(&mut self, file: &TreeFile) {
        self.seen.files += 1;
        let name = file.path.display().to_string();
        match self.read(file) {
            Err(error) => self.fail(&file.path, &error),
            Ok(None | Some((Contents::Passed, _))) => {}
            Ok(Some((Contents::LeftAlone(why), sealed))) => self.left_alone(&name, why, sealed),
            Ok(Some((Contents::Manifests(bytes), sealed))) => self.text(&Text {
                name: &name,
                file: Some(file),
                bytes: &bytes,
                sealed,
            }),
        }
    }

    /// The file, and whether it may hold SealedSecrets.
    fn read(&self, file: &TreeFile) -> Result<Option<(Contents, bool)>, CommandError> {
        match file.read(&SEALED)? {
            Contents::Passed if self.args.no_plain_secrets => {
                file.read(&PLAIN).map(|contents| Some((contents, false)))
            }
            Contents::Passed => Ok(None),
            contents => Ok(Some((contents, true))),
        }
    }

    fn fail(&mut self, path: &Path, error: &CommandError) {
        let name = path.display().to_string();
        let message = error.causes().join(": ");
        self.seen
            .findings
            .push(of_file(&name, 1, Code::Unreadable, message));
    }

    fn left_alone(&mut self, name: &str, why: LeftAlone, sealed: bool) {
        let (code, line) = match why {
            LeftAlone::HelmTemplate => (Code::HelmTemplate, 1),
            // Go's reader knows UTF-16 by its first bytes, so a plain Secret in it is one.
            LeftAlone::Utf16 => (Code::NotUtf8, 1),
            LeftAlone::NotUtf8 { line } if sealed => (Code::NotUtf8, line),
            LeftAlone::DanglingLink | LeftAlone::NoManifest | LeftAlone::NotUtf8 { .. } => return,
        };
        // Charts with templates of plain Secrets are in most repositories, and hold no values.
        if code != Code::HelmTemplate || sealed {
            self.seen
                .findings
                .push(of_file(name, line, code, why.to_string()));
        }
    }

    fn text(&mut self, text: &Text<'_>) {
        let read = documents::read(text.name, text.bytes).and_then(documents::expand_lists);
        let documents = match read {
            Ok(documents) => documents,
            Err(error) => return self.unreadable(text, &error),
        };
        let config = self.config;
        let rule = config.map(|config| match text.file {
            Some(file) => config.rule_for(&file.path),
            None => config.rule_for_none(),
        });
        let mut recipients = None;
        for document in documents {
            if verify::is_sealed_secret(&document) {
                let recipients =
                    recipients.get_or_insert_with(|| self.certificates.recipients(rule.as_ref()));
                self.sealed_secret(document, text.file, rule.as_ref(), recipients);
            } else if self.args.no_plain_secrets {
                self.plain(&document, text.file);
            }
        }
    }

    fn sealed_secret(
        &mut self,
        document: Document,
        file: Option<&TreeFile>,
        rule: Option<&Rule<'_>>,
        recipients: &Recipients,
    ) {
        if tree::is_helm_template(&document.value) {
            let why = LeftAlone::HelmTemplate.to_string();
            let finding = verify::at(&document, &[], None, Code::HelmTemplate, why);
            self.seen.findings.push(finding);
            return;
        }
        // Where kustomizations differ, none of them is what counts.
        let kustomization = file.and_then(|file| file.kustomization_namespace().ok().flatten());
        let said = self.args.namespace.as_deref();
        let expected = Expected {
            namespace: said.or_else(|| rule.and_then(Rule::namespace)),
            kustomization_namespace: kustomization,
            modulus_lens: &recipients.modulus_lens,
            pins: &recipients.pins,
        };
        let findings = &mut self.seen.findings;
        findings.extend(verify::sealed_secret(&document, &expected));
        let namespace = document.namespace().filter(|namespace| !namespace.is_empty());
        let namespace = namespace.or(expected.namespace).or(kustomization);
        if let Some(rule) = rule {
            if let Some(contradiction) = rule.namespace_contradiction(namespace) {
                let path = ["metadata", "namespace"];
                let message = contradiction.to_string();
                findings.push(verify::at(&document, &path, None, Code::NamespaceRule, message));
            }
            if let Some(contradiction) = rule.scope_contradiction(verify::scope(&document)) {
                let path = ["metadata", "annotations"];
                let message = contradiction.to_string();
                findings.push(verify::at(&document, &path, None, Code::ScopeRule, message));
            }
        }
        self.seen.objects.push(Object {
            namespace: namespace.map(str::to_owned),
            folder: folder(file),
            clusters: recipients.clusters.clone(),
            document,
        });
    }

    fn plain(&mut self, document: &Document, file: Option<&TreeFile>) {
        let path = file.map(|file| file.path.as_path());
        if path.is_some_and(|path| self.allowed.allows(path)) {
            return;
        }
        let findings = &mut self.seen.findings;
        findings.extend(verify::plain_secret(document));
        let (literals, files) =
            verify::kustomization(document, path.is_some_and(generated::is_kustomization));
        findings.extend(literals);
        if let Some(path) = path {
            findings.extend(generated::shown(path, files, |file| self.allowed.allows(file)));
        }
    }

    fn unreadable(&mut self, text: &Text<'_>, error: &DocumentError) {
        let is_meant = if text.sealed {
            is_meant(text.bytes)
        } else {
            let kinds = ["Secret", "SecretList"];
            kinds.iter().any(|kind| verify::mentions_kind(text.bytes, kind))
        };
        match text.file.map(|file| file.unreadable(text.bytes)) {
            _ if !is_meant => {}
            Some(Some(LeftAlone::HelmTemplate)) => {
                self.left_alone(text.name, LeftAlone::HelmTemplate, text.sealed);
            }
            Some(Some(_)) => {}
            Some(None) | None => self.seen.findings.push(verify::unreadable(text.name, error)),
        }
    }
}

/// Whether a text that can't be read was to be a SealedSecret, and doesn't just speak of them.
fn is_meant(text: &[u8]) -> bool {
    let has = |word: &str| text.windows(word.len()).any(|window| window == word.as_bytes());
    verify::mentions_kind(text, "SealedSecret")
        || (has("SealedSecret") && (has("bitnami.com/") || has("encryptedData")))
}

fn folder(file: Option<&TreeFile>) -> String {
    let folder = file.and_then(|file| file.place.parent());
    folder.map_or_else(|| STDIN.to_owned(), |folder| folder.display().to_string())
}
