//! Putting a file together.

use super::{Item, Piece, SealedFile, Style};

/// A file that is being made.
pub(super) struct Builder {
    number: usize,
    items: usize,
    file: SealedFile,
    namespace: String,
    name: String,
    scope: &'static str,
}

impl Builder {
    /// An empty file; `number` makes its names and values its own.
    pub(super) fn new(number: usize, path: String) -> Self {
        Self {
            number,
            items: 0,
            file: SealedFile {
                path,
                pieces: Vec::new(),
                left_alone: false,
                crlf: false,
            },
            namespace: String::new(),
            name: String::new(),
            scope: "strict",
        }
    }

    /// The items that follow are of this object; `@namespace` and `@name` in fixed text stand for it.
    pub(super) fn object(&mut self, namespace: &str, name: &str, scope: &'static str) -> &mut Self {
        namespace.clone_into(&mut self.namespace);
        self.name = format!("{name}-{}", self.number);
        self.scope = scope;
        self
    }

    /// Text that nobody may change.
    pub(super) fn fixed(&mut self, text: &str) -> &mut Self {
        let text = text
            .replace("@namespace", &self.namespace)
            .replace("@name", &self.name);
        self.bytes(text.as_bytes())
    }

    /// The same for any bytes.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        if let Some(Piece::Fixed(fixed)) = self.file.pieces.last_mut() {
            fixed.extend_from_slice(bytes);
        } else {
            self.file.pieces.push(Piece::Fixed(bytes.to_vec()));
        }
        self
    }

    /// An item on the old key.
    pub(super) fn item(&mut self, style: Style) -> &mut Self {
        let value = format!("value {} of file {}", self.items, self.number);
        self.push(style, value, false)
    }

    /// An item that is on the newest key.
    pub(super) fn current_item(&mut self) -> &mut Self {
        let value = format!("current {} of file {}", self.items, self.number);
        self.push(Style::Line, value, true)
    }

    /// An item with this value.
    pub(super) fn value(&mut self, value: String) -> &mut Self {
        self.push(Style::Line, value, false)
    }

    fn push(&mut self, style: Style, value: String, current: bool) -> &mut Self {
        self.items += 1;
        self.file.pieces.push(Piece::Item(Item {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            scope: self.scope,
            value,
            current,
            style,
        }));
        self
    }

    /// The value of the hint.
    pub(super) fn hint(&mut self) -> &mut Self {
        self.file.pieces.push(Piece::Hint);
        self
    }

    /// The file is to be left alone.
    pub(super) fn left_alone(&mut self) -> &mut Self {
        self.file.left_alone = true;
        self
    }

    /// The file, with CR LF at the end of its lines.
    pub(super) fn crlf(mut self) -> SealedFile {
        self.file.crlf = true;
        for piece in &mut self.file.pieces {
            if let Piece::Fixed(fixed) = piece {
                *fixed = fixed
                    .iter()
                    .flat_map(|byte| {
                        if *byte == b'\n' {
                            vec![b'\r', b'\n']
                        } else {
                            vec![*byte]
                        }
                    })
                    .collect();
            }
        }
        self.file
    }

    /// The file.
    pub(super) fn end(self) -> SealedFile {
        self.file
    }
}
