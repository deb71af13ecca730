//! The one place where the tables of functions are merged.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::function::Function;
use crate::{builtin, sprig};

/// By name. Sprig's functions come after Go's own and replace them (`slice`), as in Go.
static FUNCTIONS: LazyLock<HashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    builtin::TABLES
        .iter()
        .chain(sprig::TABLES)
        .flat_map(|table| table.iter())
        .map(|f| (f.name, f))
        .collect()
});

/// Returns the function of that name.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.get(name).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_table_has_a_name_twice() {
        let mut seen = HashSet::new();
        for function in sprig::TABLES.iter().flat_map(|table| table.iter()) {
            assert!(seen.insert(function.name), "{}", function.name);
        }
    }

    #[test]
    fn nothing_asks_the_environment_or_the_network() {
        for name in ["env", "expandenv", "getHostByName"] {
            assert!(find(name).is_none(), "{name}");
        }
    }
}
