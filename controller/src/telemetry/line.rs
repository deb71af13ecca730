//! The form of a log line: that of Go's `slog`, which upstream's controller writes and people's pipelines parse.

use std::fmt::{self, Write as _};

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::args::LogFormat;

/// Writes an event as one line: `time`, `level` and `msg` first, then its fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) format: LogFormat,
}

/// What an event says.
#[derive(Debug, Default)]
struct Said {
    message: String,
    fields: Vec<(&'static str, Value)>,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        let mut said = Said::default();
        event.record(&mut said);
        let line = said.line(self.format, &time, event.metadata().level().as_str());
        writer.write_str(&line)
    }
}

impl Said {
    fn line(self, format: LogFormat, time: &str, level: &str) -> String {
        let head = [("time", time), ("level", level), ("msg", &self.message)];
        let head = head.map(|(name, value)| (name, Value::from(value)));
        let all = head.into_iter().chain(self.fields);
        match format {
            LogFormat::Json => {
                // The first of two equal names stays: no field can pass for the time or the message.
                let mut object = serde_json::Map::new();
                for (name, value) in all {
                    object.entry(name).or_insert(value);
                }
                format!("{}\n", Value::Object(object))
            }
            LogFormat::Text => {
                let words: Vec<String> = all
                    .map(|(name, value)| format!("{name}={}", word(&value)))
                    .collect();
                format!("{}\n", words.join(" "))
            }
        }
    }
}

/// Returns a value as one word: in quotes where it could be taken for more than one, or for a line.
fn word(value: &Value) -> String {
    let Value::String(text) = value else {
        return value.to_string();
    };
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '"' | '=' | '\\');
    if !text.is_empty() && text.chars().all(is_plain) {
        text.clone()
    } else {
        // JSON's escapes are Go's, but for rare characters.
        value.to_string()
    }
}

impl Said {
    fn say(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(message)) => self.message = message,
            (name, value) => self.fields.push((name, value)),
        }
    }
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        // Writing to a text fails only where a value's own form does; then what there is of it is shown.
        let _ = write!(text, "{value:?}");
        self.say(field, text.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.say(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.say(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.say(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.say(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.say(field, value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: &str = "2026-01-02T03:04:05.678901Z";

    fn said() -> Said {
        Said {
            message: "Starting sealed-secrets controller".to_owned(),
            fields: vec![
                ("version", "v0.1.0".into()),
                ("namespace", "a\nlevel=ERROR".into()),
                ("empty", "".into()),
                ("quote", "\"".into()),
                ("msg", "another".into()),
                ("items", 3.into()),
                ("wrote", true.into()),
            ],
        }
    }

    #[test]
    fn a_line_of_text_is_that_of_slog_and_nothing_in_it_can_pass_for_another_line() {
        assert_eq!(
            said().line(LogFormat::Text, TIME, "INFO"),
            "time=2026-01-02T03:04:05.678901Z level=INFO msg=\"Starting sealed-secrets controller\" version=v0.1.0 \
             namespace=\"a\\nlevel=ERROR\" empty=\"\" quote=\"\\\"\" msg=another items=3 wrote=true\n"
        );
    }

    #[test]
    fn a_line_of_json_has_the_names_of_slog_and_each_once() {
        assert_eq!(
            said().line(LogFormat::Json, TIME, "WARN"),
            "{\"time\":\"2026-01-02T03:04:05.678901Z\",\"level\":\"WARN\",\"msg\":\"Starting sealed-secrets controller\",\
             \"version\":\"v0.1.0\",\"namespace\":\"a\\nlevel=ERROR\",\"empty\":\"\",\"quote\":\"\\\"\",\"items\":3,\
             \"wrote\":true}\n"
        );
    }
}
