//! What a server can do, by name. Nothing else compares versions or flavours.

use schema::ServerFacts;

/// The oldest version of MySQL that is served: from it on, DDL is atomic.
const OLDEST_MYSQL: [u32; 2] = [8, 0];
/// The oldest version of MariaDB that is served. Older ones get no corrections any more.
const OLDEST_MARIADB: [u32; 2] = [10, 6];

/// Reads what `SELECT VERSION()` says, such as `8.0.15` or `10.11.19-MariaDB-0+deb12u1`: the flavour, and the version,
/// most significant part first.
///
/// # Errors
/// Why the server is not served, in words.
pub(crate) fn parse(text: &str) -> Result<(String, Vec<u32>), String> {
    let lower = text.to_ascii_lowercase();
    let other = [
        "tidb",
        "vitess",
        "oceanbase",
        "singlestore",
        "memsql",
        "doris",
        "starrocks",
    ];
    if let Some(other) = other.into_iter().find(|other| lower.contains(other)) {
        return Err(format!(
            "it says that it is `{other}`, which speaks as MySQL does and alters tables otherwise"
        ));
    }
    // Old replication clients took a version that begins with 10 for an ancient one, so MariaDB wrote 5.5.5- before.
    let (flavour, numbers) = if lower.contains("mariadb") {
        ("mariadb", lower.strip_prefix("5.5.5-").unwrap_or(&lower))
    } else {
        ("mysql", lower.as_str())
    };
    let end = numbers
        .find(|next: char| !(next.is_ascii_digit() || next == '.'))
        .unwrap_or(numbers.len());
    let version: Option<Vec<u32>> = numbers[..end]
        .split('.')
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect();
    let version = version
        .filter(|version| version.len() >= 2)
        .ok_or_else(|| format!("its version `{}` can't be read", text.escape_default()))?;
    let (name, oldest) = if flavour == "mariadb" {
        ("MariaDB", OLDEST_MARIADB)
    } else {
        ("MySQL", OLDEST_MYSQL)
    };
    if version.as_slice() < oldest.as_slice() {
        let [major, minor] = oldest;
        return Err(format!(
            "it is {name} {}, and {major}.{minor} is the oldest that is served",
            &numbers[..end]
        ));
    }
    Ok((flavour.to_owned(), version))
}

/// Returns whether it is MariaDB.
pub(crate) fn is_mariadb(facts: &ServerFacts) -> bool {
    facts.flavour == "mariadb"
}

fn at_least(facts: &ServerFacts, version: &[u32]) -> bool {
    facts.version.as_slice() >= version
}

/// Returns whether a default may be an expression (MySQL 8.0.13; every MariaDB served).
pub(crate) fn has_expression_defaults(facts: &ServerFacts) -> bool {
    is_mariadb(facts) || at_least(facts, &[8, 0, 13])
}

/// Returns whether a literal default of a text, blob or JSON column is written as an expression. MySQL takes none
/// otherwise.
pub(crate) fn needs_expression_for_large_defaults(facts: &ServerFacts) -> bool {
    !is_mariadb(facts)
}

/// Returns whether a column with a constant default can be added at the end without touching the rows (MySQL 8.0.12).
pub(crate) fn adds_columns_instantly(facts: &ServerFacts) -> bool {
    is_mariadb(facts) || at_least(facts, &[8, 0, 12])
}

/// Returns whether a column can be dropped without touching the rows (MySQL 8.0.29, MariaDB 10.4).
pub(crate) fn drops_columns_instantly(facts: &ServerFacts) -> bool {
    is_mariadb(facts) || at_least(facts, &[8, 0, 29])
}

/// Returns whether a `timestamp` that took NULL comes to refuse it by a copy of the table only.
pub(crate) fn copies_timestamps_to_refuse_null(facts: &ServerFacts) -> bool {
    is_mariadb(facts)
}

/// Returns whether the server refuses even a longer `varchar` for a column that a foreign key connects.
pub(crate) fn keeps_types_of_connected_columns(facts: &ServerFacts) -> bool {
    is_mariadb(facts)
}

/// Returns whether a check is dropped with `DROP CHECK`. MySQL takes `DROP CONSTRAINT` from 8.0.19 on, MariaDB always.
pub(crate) fn drops_checks_by_kind(facts: &ServerFacts) -> bool {
    !is_mariadb(facts) && !at_least(facts, &[8, 0, 19])
}

/// Returns whether the server has the type `uuid` (MariaDB 10.7).
pub(crate) fn has_uuid(facts: &ServerFacts) -> bool {
    is_mariadb(facts) && at_least(facts, &[10, 7])
}

/// Returns whether the server has the type `inet6` (MariaDB 10.5), and `inet4` (10.10).
pub(crate) fn has_inet(facts: &ServerFacts, four: bool) -> bool {
    is_mariadb(facts) && (!four || at_least(facts, &[10, 10]))
}

/// Returns whether the server keeps an invisible primary key, which it makes by itself, out of the catalog where it is
/// told to (MySQL 8.0.30, `show_gipk_in_create_table_and_information_schema`).
pub(crate) fn hides_generated_keys(facts: &ServerFacts) -> bool {
    !is_mariadb(facts) && at_least(facts, &[8, 0, 30])
}

/// Returns whether an index can be on an expression (MySQL 8.0.13).
pub(crate) fn has_functional_indexes(facts: &ServerFacts) -> bool {
    !is_mariadb(facts) && at_least(facts, &[8, 0, 13])
}

/// Returns whether the catalog has checks that the server enforces (MySQL 8.0.16; every MariaDB served).
pub(crate) fn has_check_catalog(facts: &ServerFacts) -> bool {
    is_mariadb(facts) || at_least(facts, &[8, 0, 16])
}

/// Returns whether `CURRENT_TIMESTAMP` as a default must have the digits of the column's type. MariaDB cuts it.
pub(crate) fn timestamps_must_agree(facts: &ServerFacts) -> bool {
    !is_mariadb(facts)
}

/// Returns the collation of a database that says none, on a server as it comes. It is for plans without a server; a
/// connection knows the database's.
pub(crate) fn collation_as_it_comes(facts: &ServerFacts) -> &'static str {
    if !is_mariadb(facts) {
        "utf8mb4_0900_ai_ci"
    } else if at_least(facts, &[11, 6]) {
        "utf8mb4_uca1400_ai_ci"
    } else {
        "latin1_swedish_ci"
    }
}

/// Returns whether the server knows the collations of `utf8mb3` by the names that begin with `utf8_` alone (MySQL before
/// 8.0.30).
pub(crate) fn calls_utf8mb3_utf8(facts: &ServerFacts) -> bool {
    !is_mariadb(facts) && !at_least(facts, &[8, 0, 30])
}

/// Returns whether the catalog tells the whole names of collations that several character sets share (MariaDB 10.10).
pub(crate) fn has_full_collation_names(facts: &ServerFacts) -> bool {
    is_mariadb(facts) && at_least(facts, &[10, 10])
}

#[cfg(test)]
pub(crate) mod tests {
    use schema::EngineKind;

    use super::*;

    pub(crate) fn mysql() -> ServerFacts {
        server("mysql", &[8, 0, 15])
    }

    pub(crate) fn mariadb() -> ServerFacts {
        server("mariadb", &[10, 11, 19])
    }

    pub(crate) fn server(flavour: &str, version: &[u32]) -> ServerFacts {
        ServerFacts {
            kind: EngineKind::Mysql,
            flavour: flavour.to_owned(),
            version: version.to_vec(),
            default_schema: None,
            read_only: false,
            identity: None,
            default_collation: Some("utf8mb4_unicode_ci".to_owned()),
            folds_table_names: false,
        }
    }

    #[test]
    fn the_version_of_a_server_is_read_and_an_old_one_refused() {
        let read = |text| parse(text).unwrap();
        assert_eq!(read("8.0.15"), ("mysql".to_owned(), vec![8, 0, 15]));
        assert_eq!(read("8.0.36-28.1-log"), ("mysql".to_owned(), vec![8, 0, 36]));
        assert_eq!(
            read("10.11.19-MariaDB-0+deb12u1"),
            ("mariadb".to_owned(), vec![10, 11, 19])
        );
        assert_eq!(
            read("5.5.5-10.6.4-MariaDB"),
            ("mariadb".to_owned(), vec![10, 6, 4])
        );
        for text in ["5.7.44", "10.5.9-MariaDB", "8.0.11-TiDB-v7.5.0", "", "x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_a_server_can_do_goes_by_flavour_and_version() {
        assert!(!drops_columns_instantly(&mysql()));
        assert!(drops_columns_instantly(&server("mysql", &[8, 0, 29])));
        assert!(drops_columns_instantly(&server("mysql", &[8, 4, 0])));
        assert!(drops_columns_instantly(&mariadb()));
        assert!(!has_expression_defaults(&server("mysql", &[8, 0, 12])));
        assert!(!has_check_catalog(&mysql()) && has_check_catalog(&mariadb()));
        assert!(!has_uuid(&server("mariadb", &[10, 6, 1])) && has_uuid(&mariadb()));
    }
}
