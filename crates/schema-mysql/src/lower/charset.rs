//! Names of character sets and collations.
//!
//! A collation implies its character set, which its name begins with, so the IR holds collations only. Which collation
//! a character set has by default is the server's to say: `lower` leaves [`PLACEHOLDER`] and the name, and `resolve`
//! puts the collation in its place.

use schema::ServerFacts;

use crate::version;

/// What stands before the name of a character set whose default collation is not known yet.
pub(crate) const PLACEHOLDER: &str = "CHARSET:";

/// The name of the table option.
pub(crate) const OPTION: &str = "COLLATE";

/// Returns the name of a character set or collation in lower case, with `utf8` as `utf8mb3`: the servers call the same
/// thing by either name, MySQL 8.0.15 in the catalog by the old one.
pub(crate) fn normalised(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    match name.strip_prefix("utf8") {
        Some("") => "utf8mb3".to_owned(),
        Some(rest) if rest.starts_with('_') => format!("utf8mb3{rest}"),
        _ => name,
    }
}

/// Returns a collation as SQL has to name it on that server.
pub(crate) fn spelled(collation: &str, facts: &ServerFacts) -> String {
    match collation.strip_prefix("utf8mb3_") {
        Some(rest) if version::calls_utf8mb3_utf8(facts) => format!("utf8_{rest}"),
        _ => collation.to_owned(),
    }
}

/// Returns the character set of a collation; both are `binary` for the collation of bytes.
pub(crate) fn of_collation(collation: &str) -> &str {
    collation
        .split_once('_')
        .map_or(collation, |(charset, _)| charset)
}

/// Returns how many bytes a character takes at most (`information_schema.CHARACTER_SETS.MAXLEN`); `None` for a
/// character set that is not known here.
pub(crate) fn bytes_per_character(charset: &str) -> Option<u64> {
    Some(match charset {
        "utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030" => 4,
        "utf8mb3" | "utf8" | "ujis" | "eucjpms" => 3,
        "ucs2" | "big5" | "gbk" | "gb2312" | "sjis" | "cp932" | "euckr" => 2,
        "ascii" | "binary" | "latin1" | "latin2" | "latin5" | "latin7" | "cp1250" | "cp1251" | "cp1256"
        | "cp1257" | "cp850" | "cp852" | "cp866" | "koi8r" | "koi8u" | "greek" | "hebrew" | "tis620" => 1,
        _ => return None,
    })
}

/// Returns whether every text of one character set can be written in the other.
pub(crate) fn holds(wide: &str, narrow: &str) -> bool {
    let unicode = |charset: &str| matches!(charset, "utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030");
    wide == narrow || unicode(wide) || (narrow == "ascii" && wide != "binary")
}

/// Returns the table option that sets a collation.
pub(crate) fn option(collation: &str) -> String {
    format!("{OPTION}={collation}")
}

/// Returns the collation that the options of a table set.
pub(crate) fn of_options(options: &[String]) -> Option<&str> {
    options
        .iter()
        .find_map(|option| option.strip_prefix(OPTION)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_names_of_utf8mb3_are_one() {
        assert_eq!(normalised("UTF8"), "utf8mb3");
        assert_eq!(normalised("utf8_general_ci"), "utf8mb3_general_ci");
        assert_eq!(normalised("utf8mb4_bin"), "utf8mb4_bin");
        assert_eq!(of_collation("utf8mb4_0900_ai_ci"), "utf8mb4");
        assert_eq!(of_collation("binary"), "binary");
    }

    #[test]
    fn the_collation_of_a_table_is_among_its_options() {
        let options = vec![option("utf8mb4_bin"), "ROW_FORMAT=COMPRESSED".to_owned()];
        assert_eq!(of_options(&options), Some("utf8mb4_bin"));
    }
}
