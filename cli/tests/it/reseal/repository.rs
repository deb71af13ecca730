//! A generated repository, sealed with an old key, and a newer key to go to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use jiff::{SignedDuration, Timestamp};
use sealing::{KeyOptions, KeyPair, KeyRing, Label, PublicKey, RingKey, Scope};
use testkit::sealed_tree::{Item, Piece, SealedFile, Style, sealed_tree};

use crate::sandbox::{Run, Sandbox};

/// The arguments that re-seal `tree` with both keys.
pub(super) const RESEAL: [&str; 4] = ["reseal", "tree", "--key", "old.pem,new.pem"];

pub(super) struct Repository {
    pub(super) sandbox: Sandbox,
    pub(super) files: Vec<SealedFile>,
    /// Each file as it was made.
    pub(super) old: BTreeMap<String, Vec<u8>>,
    old_hint: String,
    pub(super) new_hint: String,
    new_ring: KeyRing,
}

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Old,
    New,
}

impl Repository {
    pub(super) fn of(files: usize) -> Self {
        let (old, new) = (key("2026-01-01T00:00:00Z"), key("2026-11-01T00:00:00Z"));
        let sandbox = Sandbox::new();
        write_keys(&sandbox, &old, "old.pem");
        write_keys(&sandbox, &new, "new.pem");
        let (old_hint, new_hint) = (hint(&old), hint(&new));
        let files = sealed_tree(files);
        let mut bytes = BTreeMap::new();
        for file in &files {
            let mut seal = |item: &Item| {
                let pair = if item.current { &new } else { &old };
                sealed(pair.certificate.public_key(), item)
            };
            bytes.insert(file.path.clone(), file.render(&mut seal, &old_hint));
        }
        // Below `templates/` of a chart only.
        for file in files.iter().filter(|file| file.path.contains("/templates/")) {
            let chart = file.path.replace("templates/sealed.yaml", "Chart.yaml");
            bytes.insert(chart, b"apiVersion: v2\nname: x\nversion: 0.1.0\n".to_vec());
        }
        let mut new_ring = KeyRing::new();
        let (private, certificate) = new.into_parts();
        new_ring.insert(RingKey {
            name: "new".to_owned(),
            created: certificate.not_before(),
            key: Arc::new(private),
            certificate: Some(certificate),
        });
        let repository = Self {
            sandbox,
            files,
            old: bytes,
            old_hint,
            new_hint,
            new_ring,
        };
        repository.write_old();
        repository
    }

    /// Puts every file back to what it was.
    pub(super) fn write_old(&self) {
        for (path, bytes) in &self.old {
            let path = self.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    pub(super) fn root(&self) -> std::path::PathBuf {
        self.sandbox.path("tree")
    }

    pub(super) fn reseal(&self, more: &[&str]) -> Run {
        self.sandbox.run(&[&RESEAL[..], more].concat())
    }

    /// How many items are on the old key, those counted too that are an alias of another.
    pub(super) fn old_items(&self) -> usize {
        let aliases = self
            .files
            .iter()
            .filter(|file| file.path.ends_with("/anchors.yaml"))
            .count();
        let written = self.files.iter().flat_map(SealedFile::items);
        written.filter(|item| !item.current).count() + aliases
    }

    /// Whether the file is the old one, byte for byte, or the new one: every fixed byte in its place, every item
    /// opened by the new key alone to its value, and lines as long as they were.
    #[track_caller]
    pub(super) fn side(&self, file: &SealedFile, bytes: &[u8]) -> Side {
        let old = &self.old[&file.path];
        if bytes == old {
            return Side::Old;
        }
        let (was, is) = (
            file.variable_texts(old).unwrap(),
            file.variable_texts(bytes).unwrap(),
        );
        let variable = file
            .pieces
            .iter()
            .filter(|piece| !matches!(piece, Piece::Fixed(_)));
        for ((piece, was), is) in variable.zip(&was).zip(&is) {
            match piece {
                Piece::Fixed(_) => unreachable!(),
                Piece::Hint => assert_eq!((was, is), (&self.old_hint, &self.new_hint), "{}", file.path),
                Piece::Item(item) => {
                    assert_eq!(item.current, was == is, "{}: {item:?}", file.path);
                    assert_eq!(lengths(was), lengths(is), "{}: {item:?}", file.path);
                    assert_eq!(self.opened(is, item), item.value, "{}: {item:?}", file.path);
                }
            }
        }
        Side::New
    }

    /// Every file as it is now.
    pub(super) fn read(&self) -> BTreeMap<String, Vec<u8>> {
        self.old
            .keys()
            .map(|path| (path.clone(), fs::read(self.root().join(path)).unwrap()))
            .collect()
    }

    /// All files that hold something on the old key are new, all others are as they were.
    #[track_caller]
    pub(super) fn is_done(&self) {
        for file in &self.files {
            let bytes = fs::read(self.root().join(&file.path)).unwrap();
            let expected = if file.items().any(|item| !item.current) {
                Side::New
            } else {
                Side::Old
            };
            assert_eq!(self.side(file, &bytes), expected, "{}", file.path);
        }
    }

    /// Temporary files below the root.
    pub(super) fn temporaries(&self) -> Vec<String> {
        let files = self.sandbox.files("tree").into_iter();
        files.filter(|file| file.contains(".tmp")).collect()
    }

    fn opened(&self, text: &str, item: &Item) -> String {
        let sealed = sealing::decode_item(&Style::read(text)).unwrap();
        let opened = self.new_ring.open(&sealed, &label(item), &[]);
        let value = opened.map(|opened| String::from_utf8(opened.plaintext.to_vec()).unwrap());
        value.unwrap_or_else(|error| format!("does not open: {error}"))
    }
}

/// A key whose certificate is still valid when these tests are old: it has to seal.
pub(super) fn key(not_before: &str) -> KeyPair {
    KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: String::new(),
        not_before: not_before.parse::<Timestamp>().unwrap(),
        valid_for: SignedDuration::from_hours(24 * 365 * 50),
    })
    .unwrap()
}

fn lengths(text: &str) -> Vec<usize> {
    text.split('\n').map(str::len).collect()
}

fn label(item: &Item) -> Label {
    Label::new(item.scope.parse::<Scope>().unwrap(), &item.namespace, &item.name)
}

fn sealed(key: &PublicKey, item: &Item) -> String {
    sealing::encode_item(
        &key.seal(&SystemRandom::new(), &label(item), item.value.as_bytes())
            .unwrap(),
    )
}

fn hint(pair: &KeyPair) -> String {
    pair.certificate.fingerprint().to_string()
}

/// A private key, with its certificate beside it.
pub(super) fn write_keys(sandbox: &Sandbox, pair: &KeyPair, name: &str) {
    let pem = format!("{}{}", pair.private_key_pem().as_str(), pair.certificate.to_pem());
    sandbox.write(name, &pem);
}

/// When each file was written last, and which file it is.
#[cfg(unix)]
pub(super) fn identities(
    root: &Path,
    paths: impl Iterator<Item = String>,
) -> BTreeMap<String, (i64, i64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |path: &str| {
        let about = fs::metadata(root.join(path)).unwrap();
        (about.mtime(), about.mtime_nsec(), about.ino())
    };
    paths.map(|path| (path.clone(), identity(&path))).collect()
}
