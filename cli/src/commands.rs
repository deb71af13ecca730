//! The commands, one a file: its arguments beside what it does.

pub(crate) mod apply;
pub(crate) mod cert;
pub(crate) mod completions;
pub(crate) mod grants;
pub(crate) mod inspect;
pub(crate) mod install;
pub(crate) mod item;
pub(crate) mod keys;
pub(crate) mod kubeseal;
pub(crate) mod migrations;
pub(crate) mod plan;
pub(crate) mod quickstart;
pub(crate) mod reseal;
pub(crate) mod seal;
pub(crate) mod unseal;
pub(crate) mod verify;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use sealing::Scope;

/// How clap reads `--scope`.
pub(crate) fn scope_value() -> impl TypedValueParser<Value = Scope> {
    PossibleValuesParser::new(["strict", "namespace-wide", "cluster-wide"])
        .try_map(|word| word.parse::<Scope>())
}
