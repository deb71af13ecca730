//! How a ciphertext stands in a file.

/// The ways to write a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is, also between quotes that belong to the fixed bytes.
    Line,
    /// The lines of a block scalar, or of a text in quotes whose breaks are escaped.
    Wrapped {
        /// Blanks before each line; the first of a quoted text has none.
        indent: usize,
        /// Characters in a line.
        width: usize,
        /// Whether a line ends with `\` and the whole is in double quotes.
        quoted: bool,
    },
}

impl Style {
    /// Returns the ciphertext in this style, with line feeds.
    pub fn write(self, ciphertext: &str) -> String {
        let Self::Wrapped {
            indent,
            width,
            quoted,
        } = self
        else {
            return ciphertext.to_owned();
        };
        let lines: Vec<&str> = ciphertext
            .as_bytes()
            .chunks(width)
            .map(|line| std::str::from_utf8(line).unwrap_or_default())
            .collect();
        let margin = " ".repeat(indent);
        if quoted {
            lines.join(&format!("\\\n{margin}"))
        } else {
            lines
                .iter()
                .flat_map(|line| [margin.as_str(), line, "\n"])
                .collect()
        }
    }

    /// Returns the ciphertext that is written so.
    pub fn read(text: &str) -> String {
        text.chars()
            .filter(|character| !character.is_whitespace() && *character != '\\')
            .collect()
    }
}
