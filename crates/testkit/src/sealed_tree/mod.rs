//! A repository of SealedSecrets as people write them, with everything that an editor could spoil.
//!
//! A file is made of pieces: bytes that nobody may change, and items between them. So what a program did to a file can
//! be told without reading YAML: the fixed bytes must be there still, in order and without gaps, and what stands
//! between them are the items.

mod builder;
mod shapes;
mod style;

use std::fs;
use std::path::Path;

pub use self::style::Style;

/// What a file is made of.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Bytes that stay as they are.
    Fixed(Vec<u8>),
    /// An item of a SealedSecret.
    Item(Item),
    /// The value of the annotation `chancery.dev/sealed-with`.
    Hint,
}

/// An item, and where it opens.
#[derive(Clone, Debug)]
pub struct Item {
    /// `metadata.namespace`, or what supplies it.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// `strict`, `namespace-wide` or `cluster-wide`.
    pub scope: &'static str,
    /// Its value.
    pub value: String,
    /// Whether it is sealed with the newest key from the start.
    pub current: bool,
    /// How it is written.
    pub style: Style,
}

/// A file of the repository.
#[derive(Clone, Debug)]
pub struct SealedFile {
    /// Its path, with `/`.
    pub path: String,
    /// What it is made of, in order.
    pub pieces: Vec<Piece>,
    /// Whether a program must leave it alone and say so.
    pub left_alone: bool,
    /// Whether its lines end with CR LF.
    crlf: bool,
}

/// Returns a repository of so many files, always the same. Ten kinds in twenty files hold SealedSecrets.
pub fn sealed_tree(files: usize) -> Vec<SealedFile> {
    (0..files).map(shapes::file).collect()
}

impl SealedFile {
    /// Returns the items in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Item(item) => Some(item),
            Piece::Fixed(_) | Piece::Hint => None,
        })
    }

    /// Returns the file with ciphertexts from `seal`, and `hint` in the annotations.
    pub fn render(&self, seal: &mut dyn FnMut(&Item) -> String, hint: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(fixed) => bytes.extend_from_slice(fixed),
                Piece::Hint => bytes.extend_from_slice(hint.as_bytes()),
                Piece::Item(item) => {
                    let text = item.style.write(&seal(item));
                    bytes.extend_from_slice(
                        if self.crlf {
                            text.replace('\n', "\r\n")
                        } else {
                            text
                        }
                        .as_bytes(),
                    );
                }
            }
        }
        bytes
    }

    /// Writes the file below a folder.
    ///
    /// # Panics
    /// When it can't be written.
    pub fn write(&self, root: &Path, bytes: &[u8]) {
        let path = root.join(&self.path);
        let written = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, bytes));
        if let Err(error) = written {
            crate::fail::fail(&format!("writing `{}`: {error}", path.display()));
        }
    }

    /// Returns what stands in the places of the items and hints: the text of each as it is in the file, in the order
    /// of the pieces that aren't fixed.
    ///
    /// # Errors
    /// When a byte between them isn't what it was; the message says which piece.
    pub fn variable_texts(&self, bytes: &[u8]) -> Result<Vec<String>, String> {
        let mut texts = Vec::new();
        let mut rest = bytes;
        let mut pieces = self.pieces.iter().enumerate().peekable();
        while let Some((number, piece)) = pieces.next() {
            let changed = || {
                format!(
                    "`{}`: the bytes of piece {number} are not what they were",
                    self.path
                )
            };
            if let Piece::Fixed(fixed) = piece {
                rest = rest.strip_prefix(fixed.as_slice()).ok_or_else(changed)?;
                continue;
            }
            let end = match pieces.peek() {
                None => rest.len(),
                // The last one must reach to the end; the others are told by what only they begin with.
                Some((last, Piece::Fixed(fixed))) if last + 1 == self.pieces.len() => {
                    rest.len().checked_sub(fixed.len()).ok_or_else(changed)?
                }
                Some((_, Piece::Fixed(fixed))) => (0..rest.len())
                    .find(|at| rest[*at..].starts_with(fixed))
                    .ok_or_else(changed)?,
                Some(_) => {
                    return Err(format!(
                        "`{}`: nothing fixed stands after piece {number}",
                        self.path
                    ));
                }
            };
            let (text, after) = rest.split_at(end);
            texts.push(String::from_utf8(text.to_vec()).map_err(|_| changed())?);
            rest = after;
        }
        if rest.is_empty() {
            Ok(texts)
        } else {
            Err(format!(
                "`{}`: {} bytes more than there were",
                self.path,
                rest.len()
            ))
        }
    }
}
