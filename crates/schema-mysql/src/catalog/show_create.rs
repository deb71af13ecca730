//! Finds the defaults in the text of `SHOW CREATE TABLE`.

use super::Defaults;

/// Returns what stands after `DEFAULT` in each column's definition.
///
/// The text is the server's own: a definition begins after the parenthesis that opens the list or after a comma in it,
/// a column's with a quoted name. What stands in `/*!VERSION … */` is read as if it stood there plainly.
pub(crate) fn defaults(create: &str) -> Defaults {
    let mut reader = Reader { rest: create };
    let mut found = Defaults::new();
    // The name of the table may hold anything.
    while let Some(word) = reader.next() {
        if word == "(" {
            break;
        }
    }
    let mut column: Option<String> = None;
    let mut is_start = true;
    let mut depth = 0_usize;
    while let Some(word) = reader.next() {
        match word {
            "(" => depth += 1,
            ")" if depth == 0 => break,
            ")" => depth -= 1,
            "," if depth == 0 => {
                is_start = true;
                continue;
            }
            _ if depth > 0 => {}
            word if is_start => column = identifier(word),
            "DEFAULT" => {
                if let Some(name) = column.take() {
                    found.insert(name, reader.expression().to_owned());
                }
            }
            _ => {}
        }
        is_start = false;
    }
    found
}

fn identifier(word: &str) -> Option<String> {
    let inner = word.strip_prefix('`')?.strip_suffix('`')?;
    Some(inner.replace("``", "`"))
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Returns the next word: a parenthesis, a comma, or what stands up to the next of these or white space, quoted
    /// parts whole.
    fn next(&mut self) -> Option<&'a str> {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix("*/") {
                self.rest = rest;
            } else if let Some(rest) = self
                .rest
                .strip_prefix("/*!")
                .or_else(|| self.rest.strip_prefix("/*M!"))
            {
                self.rest = rest.trim_start_matches(|character: char| character.is_ascii_digit());
            } else {
                break;
            }
        }
        let first = self.rest.chars().next()?;
        let length = if matches!(first, '(' | ')' | ',') {
            first.len_utf8()
        } else {
            word_length(self.rest)
        };
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(word)
    }

    /// Returns the expression after `DEFAULT`: one in parentheses, or a word with the parentheses that follow at once.
    fn expression(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let whole = self.rest;
        if !whole.starts_with('(') {
            self.next();
        }
        if self.rest.starts_with('(') {
            let mut depth = 0_usize;
            while let Some(word) = self.next() {
                match word {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
        }
        &whole[..whole.len() - self.rest.len()]
    }
}

/// Returns the length of the word at the beginning, which is none of the marks.
fn word_length(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' | '"' | '`' => {
                // A doubled quote ends one quoted part and begins the next, which is the same for the length.
                while let Some((_, inner)) = characters.next() {
                    if inner == '\\' && character != '`' {
                        characters.next();
                    } else if inner == character {
                        break;
                    }
                }
            }
            '(' | ')' | ',' => return at,
            '*' if text[at..].starts_with("*/") => return at,
            _ if character.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_of_each_column_is_found_whatever_stands_around_it() {
        let create = "CREATE TABLE `a(b``c` (\n  \
              `id` int(11) NOT NULL AUTO_INCREMENT COMMENT 'a DEFAULT 1, `x` int DEFAULT 2)',\n  \
              `s` varchar(20) DEFAULT 'x''y\\\\z, \\')',\n  \
              `e` enum('a','DEFAULT 3') CHARACTER SET utf8mb4 DEFAULT 'a',\n  \
              `p` varchar(50) DEFAULT (concat(_utf8mb4'(',_utf8mb4')')),\n  \
              `d` datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),\n  \
              `m` varchar(50) DEFAULT concat('a',',') COMMENT 'DEFAULT',\n  \
              `n` decimal(5,2) DEFAULT -1.50,\n  \
              `b` bit(4) DEFAULT b'101',\n  \
              `g` int(11) GENERATED ALWAYS AS (`n` + 1) VIRTUAL,\n  \
              `i` int(11) DEFAULT '7' /*!80023 INVISIBLE */,\n  \
              `we``ird, ``name` int(11) DEFAULT NULL,\n  \
              PRIMARY KEY (`id`),\n  KEY `DEFAULT` (`s`(3))\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
        let found = defaults(create);
        let expected = [
            ("b", "b'101'"),
            ("d", "CURRENT_TIMESTAMP(3)"),
            ("e", "'a'"),
            ("i", "'7'"),
            ("m", "concat('a',',')"),
            ("n", "-1.50"),
            ("p", "(concat(_utf8mb4'(',_utf8mb4')'))"),
            ("s", "'x''y\\\\z, \\')'"),
            ("we`ird, `name", "NULL"),
        ];
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_text_that_ends_early_is_read_to_its_end() {
        for text in [
            "",
            "CREATE TABLE `t",
            "CREATE TABLE `t` (`a` int DEFAULT",
            "(`a` x DEFAULT ((",
            "(`a` DEFAULT '",
        ] {
            let _ = defaults(text);
        }
    }
}
