//! Values that the environment may give instead of a flag.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, StringValueParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{Arg, Command, Error};

use crate::cluster::object_name;

/// A path that may be empty, which is as good as none: CI systems set variables that have no value. Clap's own parser
/// of paths refuses it.
pub(crate) fn path_or_empty() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// A name of the API, for which an empty variable leaves the default. An empty flag stays a mistake.
#[derive(Clone, Copy)]
pub(crate) struct NameOrDefault;

impl TypedValueParser for NameOrDefault {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        StringValueParser::new()
            .try_map(|text| object_name(&text))
            .parse_ref(command, arg, value)
    }

    fn parse_ref_(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
        source: ValueSource,
    ) -> Result<String, Error> {
        let unset = source == ValueSource::EnvVariable && value.is_empty();
        let default = arg.and_then(|arg| arg.get_default_values().first());
        match default.filter(|_| unset) {
            Some(default) => self.parse_ref(command, arg, default),
            None => self.parse_ref(command, arg, value),
        }
    }
}
