//! Which of the controller's flags stand on the command line.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// Which flags say on the command line where the controller is. Their values can't tell: they have defaults, and the
/// environment is another way to give them, which `.chancery.yaml` wins over.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ControllerFlags {
    pub(super) context: bool,
    pub(super) namespace: bool,
    pub(super) name: bool,
}

impl ControllerFlags {
    /// Whether any does.
    pub(super) fn any(self) -> bool {
        self.context || self.namespace || self.name
    }
}

impl FromArgMatches for ControllerFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        Ok(Self {
            context: given("context"),
            namespace: given("controller_namespace"),
            name: given("controller_name"),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// It only looks at the flags of [`ClusterArgs`](crate::cluster::ClusterArgs).
impl Args for ControllerFlags {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}
