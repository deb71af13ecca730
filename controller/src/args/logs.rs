//! The flags of log lines.

use clap::ArgAction;

use super::go::{boolean, integer};

/// What to log, how and where.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_field_names, reason = "the fields are named as their flags")]
pub(crate) struct LogArgs {
    /// Least level to log: `error`, `warn`, `info`, `debug`, `trace`, or as upstream reads it, `INFO+2`
    #[arg(long, env = "SEALED_SECRETS_LOG_LEVEL", value_name = "LEVEL", default_value = "info", value_parser = level)]
    pub(crate) log_level: LogLevel,

    /// Format of a log line: `text` or `json`
    #[arg(long, env = "SEALED_SECRETS_LOG_FORMAT", value_name = "FORMAT", default_value = "text", value_parser = format)]
    pub(crate) log_format: LogFormat,

    /// Log levels up to info to standard output, the others to standard error
    #[arg(long, env = "SEALED_SECRETS_LOG_INFO_STDOUT", value_name = "BOOL", default_value = "true",
          value_parser = boolean, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) log_info_stdout: bool,
}

/// Levels of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Formats of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Reads a level as Go's `slog` does: a name in any case, and a number that is added to it, where 4 is the step from one
/// name to the next.
fn level(text: &str) -> Result<LogLevel, String> {
    let refused = || "must be `error`, `warn`, `info`, `debug` or `trace`".to_owned();
    let (name, more) = match text.find(['+', '-']) {
        Some(at) => (&text[..at], integer(&text[at..]).map_err(|_| refused())?),
        None => (text, 0),
    };
    let base = match name.to_ascii_lowercase().as_str() {
        "trace" => -8,
        "debug" => -4,
        "" | "info" => 0,
        "warn" => 4,
        "error" => 8,
        _ => return Err(refused()),
    };
    Ok(match i64::saturating_add(base, more) {
        ..=-5 => LogLevel::Trace,
        -4..=-1 => LogLevel::Debug,
        0 => LogLevel::Info,
        1..=4 => LogLevel::Warn,
        5.. => LogLevel::Error,
    })
}

fn format(text: &str) -> Result<LogFormat, String> {
    match text.to_ascii_lowercase().as_str() {
        "" | "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be `text` or `json`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_as_upstream_writes_them() {
        for (text, expected) in [
            ("INFO", LogLevel::Info),
            ("ERROR", LogLevel::Error),
            ("error", LogLevel::Error),
            ("Warn", LogLevel::Warn),
            ("DEBUG", LogLevel::Debug),
            ("trace", LogLevel::Trace),
            ("INFO+4", LogLevel::Warn),
            ("ERROR-4", LogLevel::Warn),
            ("DEBUG-1", LogLevel::Trace),
            ("", LogLevel::Info),
        ] {
            assert_eq!(level(text), Ok(expected), "{text}");
        }
        for bad in ["loud", "INFO+", "INFO+x", "7"] {
            assert!(level(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn formats_are_text_and_json() {
        assert_eq!(format("JSON"), Ok(LogFormat::Json));
        assert_eq!(format("text"), Ok(LogFormat::Text));
        assert!(format("logfmt").is_err());
    }
}
