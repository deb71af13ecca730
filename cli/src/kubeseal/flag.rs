//! One flag of the grammar, and how clap reads it as pflag would.

use std::ffi::OsString;

use clap::builder::{OsStringValueParser, StringValueParser, TypedValueParser as _};
use clap::{Arg, ArgAction};
use sealing::Scope;

use super::words::{self, Csv};

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text.
    Text,
    /// A path, of whatever bytes.
    Path,
    /// Nothing, or `=true` and `=false` in Go's spellings.
    Switch,
    /// A comma-separated list of paths, repeatable.
    Paths,
    /// A text each time, repeatable.
    Repeated,
    /// `strict`, `namespace-wide` or `cluster-wide`.
    Scope,
    /// A whole number.
    Number,
}

/// A flag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    /// The long name.
    pub(super) name: &'static str,
    /// The short one.
    pub(super) short: Option<char>,
    /// What it takes.
    pub(super) kind: Kind,
    /// What it is when nobody says anything.
    pub(super) default: &'static str,
    /// What it does.
    pub(super) help: &'static str,
    /// Whether `SEALED_SECRETS_<NAME>` sets it. klog's flags are bound too late for that.
    pub(super) in_environment: bool,
    /// Where `--help` lists it.
    pub(super) heading: &'static str,
    /// Whether `--help` leaves it out.
    pub(super) hidden: bool,
}

impl Flag {
    /// The flag as clap's.
    pub(super) fn arg(&self) -> Arg {
        let arg = Arg::new(self.name)
            .long(self.name)
            .help(self.help)
            .help_heading(self.heading)
            .hide(self.hidden)
            .short(self.short);
        // pflag takes the next argument for the value, whatever it begins with.
        let valued = |arg: Arg| arg.allow_hyphen_values(true).action(ArgAction::Set);
        match self.kind {
            Kind::Text => valued(arg)
                .value_name("TEXT")
                .default_value(self.default)
                .hide_default_value(self.default.is_empty())
                .value_parser(StringValueParser::new()),
            Kind::Path => valued(arg)
                .value_name("FILE")
                .value_parser(OsStringValueParser::new()),
            Kind::Scope => valued(arg)
                .value_name("SCOPE")
                .default_value(self.default)
                .value_parser(StringValueParser::new().try_map(|text| scope(&text))),
            Kind::Number => valued(arg)
                .value_name("N")
                .value_parser(StringValueParser::new().try_map(|text| words::integer(&text))),
            Kind::Paths => valued(arg)
                .value_name("FILE,…")
                .action(ArgAction::Append)
                .value_parser(OsStringValueParser::new().try_map(|text: OsString| Csv::parse(&text))),
            Kind::Repeated => valued(arg)
                .value_name("TEXT")
                .action(ArgAction::Append)
                .value_parser(StringValueParser::new()),
            Kind::Switch => arg
                .action(ArgAction::Set)
                .num_args(0..=1)
                .require_equals(true)
                .value_name("BOOL")
                .default_missing_value("true")
                .default_value(self.default)
                .hide_default_value(true)
                .value_parser(StringValueParser::new().try_map(|text| words::boolean(&text))),
        }
    }
}

fn scope(text: &str) -> Result<Scope, String> {
    if text.is_empty() {
        return Ok(Scope::Strict);
    }
    text.parse()
        .map_err(|_| "must be one of: strict, namespace-wide, cluster-wide".to_owned())
}
