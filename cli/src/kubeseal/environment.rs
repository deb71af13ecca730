//! `SEALED_SECRETS_<NAME>` for each flag.

use std::ffi::OsString;

use super::flag::{Flag, Kind};

/// A variable that is set.
pub(super) struct Variable {
    /// The flag that it stands for.
    pub(super) flag: &'static Flag,
    /// Its name.
    pub(super) name: String,
    /// Its value.
    pub(super) value: OsString,
}

/// The variables that are set, in the order of the flags. CI systems set variables that have no value: such a one
/// counts where kubeseal's flag can be empty, and leaves the default where nothing could come of it.
pub(super) fn variables(flags: &'static [Flag]) -> Vec<Variable> {
    let named = flags.iter().filter(|flag| flag.in_environment);
    named
        .filter_map(|flag| {
            let name = format!("SEALED_SECRETS_{}", flag.name.to_uppercase().replace('-', "_"));
            #[expect(
                clippy::disallowed_methods,
                reason = "clap would fail on a value that kubeseal passes over"
            )]
            let value = std::env::var_os(&name)?;
            let is_void = value.is_empty() && (flag.kind != Kind::Text || !flag.default.is_empty());
            (!is_void).then_some(Variable { flag, name, value })
        })
        .collect()
}
