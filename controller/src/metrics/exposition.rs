//! Metrics as text, in the two forms that Prometheus reads.
//!
//! Written here because no library fits: `prometheus-client` writes `OpenMetrics` alone, where names of counters and
//! numbers of ranges differ from those that upstream's rules and dashboards know; `prometheus` writes the older form
//! alone and was last released in 2025-03. Both want to own values that are read from the caches at each scrape here.

use std::fmt::Write as _;

use super::histogram::Counted;

/// A form of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Prometheus' own, version 0.0.4: what upstream's controller serves.
    Prometheus,
    /// `OpenMetrics` 1.0.0, for whoever prefers it.
    OpenMetrics,
}

/// What the numbers of a family are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// They only grow while the process runs. The name ends in `_total`.
    Counter,
    /// They go up and down.
    Gauge,
}

/// A name and its value.
pub(crate) type Label<'a> = (&'a str, &'a str);

/// A text under way.
#[derive(Debug)]
pub(crate) struct Exposition {
    format: Format,
    text: String,
}

/// A family under way; one without a sample leaves no trace.
#[derive(Debug)]
pub(crate) struct Family<'a> {
    to: &'a mut Exposition,
    name: &'a str,
    kind: &'static str,
    help: &'a str,
    begun: bool,
}

impl Format {
    /// Returns the form that whoever sends this `Accept` wants most.
    pub(crate) fn of(accept: &str) -> Self {
        let mut best = (Self::Prometheus, 0.0);
        for range in accept.split(',') {
            let mut words = range.split(';').map(str::trim);
            let format = match words.next() {
                Some("application/openmetrics-text") => Self::OpenMetrics,
                Some("text/plain") => Self::Prometheus,
                _ => continue,
            };
            let weight = words
                .filter_map(|word| word.strip_prefix("q="))
                .find_map(|q| q.parse().ok());
            let weight: f64 = weight.unwrap_or(1.0);
            if weight > best.1 {
                best = (format, weight);
            }
        }
        best.0
    }

    /// Returns the media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

impl Exposition {
    /// Begins a text.
    pub(crate) fn new(format: Format) -> Self {
        let text = String::new();
        Self { format, text }
    }

    /// Begins a family of numbers.
    pub(crate) fn family<'a>(&'a mut self, name: &'a str, kind: Kind, help: &'a str) -> Family<'a> {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        self.begin(name, kind, help)
    }

    /// Begins a family of histograms.
    pub(crate) fn histograms<'a>(&'a mut self, name: &'a str, help: &'a str) -> Family<'a> {
        self.begin(name, "histogram", help)
    }

    /// Writes a family that has one number and no labels.
    pub(crate) fn one(&mut self, name: &str, kind: Kind, help: &str, value: f64) {
        self.family(name, kind, help).sample(&[], value);
    }

    fn begin<'a>(&'a mut self, name: &'a str, kind: &'static str, help: &'a str) -> Family<'a> {
        Family {
            to: self,
            name,
            kind,
            help,
            begun: false,
        }
    }

    /// Ends the text.
    pub(crate) fn end(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }

    fn line(&mut self, name: &str, suffix: &str, labels: &[Label<'_>], value: f64) {
        self.text.push_str(name);
        self.text.push_str(suffix);
        for (n, (label, value)) in labels.iter().enumerate() {
            self.text.push_str(if n == 0 { "{" } else { "," });
            self.text.push_str(label);
            self.text.push_str("=\"");
            for character in value.chars() {
                match character {
                    '\\' => self.text.push_str("\\\\"),
                    '"' => self.text.push_str("\\\""),
                    '\n' => self.text.push_str("\\n"),
                    other => self.text.push(other),
                }
            }
            self.text.push('"');
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        // Writing to a text doesn't fail.
        let _ = writeln!(self.text, " {value}");
    }
}

impl Family<'_> {
    /// Writes a number.
    pub(crate) fn sample(&mut self, labels: &[Label<'_>], value: f64) {
        self.head();
        self.to.line(self.name, "", labels, value);
    }

    /// Writes a histogram.
    pub(crate) fn histogram(&mut self, labels: &[Label<'_>], counted: &Counted) {
        self.head();
        let (mut count, format) = (0, self.to.format);
        let ends = counted.bounds.iter().map(|bound| match format {
            Format::Prometheus => bound.to_string(),
            // Its canonical numbers have a point.
            Format::OpenMetrics => format!("{bound:?}"),
        });
        for (end, range) in ends.chain(["+Inf".to_owned()]).zip(&counted.ranges) {
            count += range;
            let labels = [labels, &[("le", &end)]].concat();
            self.to.line(self.name, "_bucket", &labels, number(count));
        }
        self.to.line(self.name, "_sum", labels, counted.sum);
        self.to.line(self.name, "_count", labels, number(count));
    }

    fn head(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        // OpenMetrics calls the family of a counter by its name without the ending.
        let name = match self.to.format {
            Format::OpenMetrics if self.kind == "counter" => {
                self.name.strip_suffix("_total").unwrap_or(self.name)
            }
            _ => self.name,
        };
        let (kind, help) = (self.kind, self.help);
        let _ = write!(self.to.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }
}

/// Returns a count as metrics have it.
#[expect(
    clippy::cast_precision_loss,
    reason = "metrics are floating-point numbers, exact up to 2^53"
)]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::super::histogram::Histogram;
    use super::*;
    use std::time::Duration;

    fn example(format: Format) -> String {
        let mut text = Exposition::new(format);
        let mut counters = text.family("a_total", Kind::Counter, "Things.");
        counters.sample(&[("name", "x\"\\\n{}")], 2.0);
        counters.sample(&[("name", ""), ("other", "é")], 1.5);
        text.family("none", Kind::Gauge, "Nothing.");
        text.one("b", Kind::Gauge, "One.", -1.0);
        let histogram = Histogram::new(&[0.5, 1.0]);
        histogram.observe(Duration::from_secs(1));
        histogram.observe(Duration::from_secs(2));
        text.histograms("c_seconds", "Times.")
            .histogram(&[("path", "/")], &histogram.counted());
        text.end()
    }

    #[test]
    fn prometheus_reads_its_own_form() {
        let expected = "# HELP a_total Things.\n# TYPE a_total counter\n\
             a_total{name=\"x\\\"\\\\\\n{}\"} 2\na_total{name=\"\",other=\"é\"} 1.5\n\
             # HELP b One.\n# TYPE b gauge\nb -1\n\
             # HELP c_seconds Times.\n# TYPE c_seconds histogram\n\
             c_seconds_bucket{path=\"/\",le=\"0.5\"} 0\nc_seconds_bucket{path=\"/\",le=\"1\"} 1\n\
             c_seconds_bucket{path=\"/\",le=\"+Inf\"} 2\nc_seconds_sum{path=\"/\"} 3\nc_seconds_count{path=\"/\"} 2\n";
        assert_eq!(example(Format::Prometheus), expected);
    }

    #[test]
    fn open_metrics_has_its_own_names_of_counters_its_own_ends_and_an_end() {
        let text = example(Format::OpenMetrics);
        assert!(
            text.starts_with("# HELP a Things.\n# TYPE a counter\na_total{"),
            "{text}"
        );
        assert!(text.contains(",le=\"1.0\"} 1\n"), "{text}");
        assert!(text.ends_with("\n# EOF\n"), "{text}");
    }

    #[test]
    fn the_form_is_the_one_that_is_wanted_most() {
        use Format::{OpenMetrics, Prometheus};
        for (accept, format) in [
            ("", Prometheus),
            ("*/*", Prometheus),
            ("text/html, */*", Prometheus),
            ("application/openmetrics-text", OpenMetrics),
            (
                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                OpenMetrics,
            ),
            (
                "text/plain;q=0.9, application/openmetrics-text; version=1.0.0; q=0.1",
                Prometheus,
            ),
            ("application/openmetrics-text;q=0", Prometheus),
            ("application/openmetrics-text;q=nonsense", OpenMetrics),
        ] {
            assert_eq!(Format::of(accept), format, "{accept}");
        }
    }
}
