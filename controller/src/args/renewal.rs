//! How often a key is made, a value with two flags: `--rotate-period` is what upstream called `--key-renew-period` before.

use std::time::Duration;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, Error, FromArgMatches};

use crate::duration;

const PERIOD: &str = "key_renew_period";
const FORMER: &str = "rotate_period";
/// Upstream's: 30 days.
const USUAL: Duration = Duration::from_hours(720);

/// How often a key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RenewArgs {
    /// A new key is made when the newest is as old as this; `None` for never.
    pub(crate) period: Option<Duration>,
    /// The former name of the flag was given.
    pub(crate) by_former_name: bool,
}

impl Default for RenewArgs {
    fn default() -> Self {
        Self {
            period: Some(USUAL),
            by_former_name: false,
        }
    }
}

impl clap::Args for RenewArgs {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new(PERIOD)
                    .long("key-renew-period")
                    .env("SEALED_SECRETS_KEY_RENEW_PERIOD")
                    .value_name("DURATION")
                    .value_parser(duration::parse)
                    .help("Make a key when the newest is as old as this; 0 for never [default: 720h]"),
            )
            .arg(
                Arg::new(FORMER)
                    .long("rotate-period")
                    .env("SEALED_SECRETS_ROTATE_PERIOD")
                    .value_name("DURATION")
                    .value_parser(duration::parse)
                    .hide(true)
                    .help("The former name of --key-renew-period"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for RenewArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let period = matches.get_one::<Duration>(PERIOD).copied();
        let former = matches.get_one::<Duration>(FORMER).copied();
        let by_former_name = former.is_some();
        let chosen = if counts(matches) { former } else { period };
        Ok(Self {
            period: Some(chosen.unwrap_or(USUAL)).filter(|period| !period.is_zero()),
            by_former_name,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Returns whether the former name is the one that counts. Upstream binds both to one variable: the last flag wins over
/// the other, a flag over a variable, and of the variables the one that is later in the alphabet.
fn counts(matches: &ArgMatches) -> bool {
    let flag =
        |id| (matches.value_source(id) == Some(ValueSource::CommandLine)).then(|| matches.index_of(id));
    match (flag(FORMER), flag(PERIOD)) {
        (Some(former), Some(period)) => former > period,
        (former, None) => former.is_some() || matches.contains_id(FORMER),
        (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use clap::Args as _;

    use super::*;

    fn read(arguments: &[&str]) -> RenewArgs {
        let command = RenewArgs::augment_args(Command::new("controller")).args_override_self(true);
        let matches = command.try_get_matches_from(std::iter::once(&"controller").chain(arguments));
        RenewArgs::from_arg_matches(&matches.unwrap()).unwrap()
    }

    #[test]
    fn keys_are_renewed_every_thirty_days_unless_told_otherwise() {
        assert_eq!(read(&[]), RenewArgs::default());
        assert_eq!(read(&["--key-renew-period=0"]).period, None);
        assert_eq!(
            read(&["--key-renew-period", "2h"]).period,
            Some(Duration::from_hours(2))
        );
    }

    #[test]
    fn of_both_names_the_last_one_counts() {
        let former = read(&["--key-renew-period=1h", "--rotate-period=2h"]);
        assert_eq!(
            (former.period, former.by_former_name),
            (Some(Duration::from_hours(2)), true)
        );
        let period = read(&["--rotate-period=2h", "--key-renew-period=1h"]);
        assert_eq!(period.period, Some(Duration::from_hours(1)));
        let again = [
            "--rotate-period=2h",
            "--key-renew-period=1h",
            "--rotate-period=0s",
        ];
        assert_eq!(read(&again).period, None);
    }
}
