//! What is said, written.

use std::fmt::Write as _;

use super::facts::{Change, Inspection, ItemFacts, ToldBy};
use crate::age::age;
use crate::context::Context;
use crate::error::CommandError;
use crate::printer::{printable, table};
use crate::report::{self, ReportFormat};

/// All that was inspected, in order.
#[derive(Default)]
pub(super) struct Report {
    inspections: Vec<Inspection>,
}

impl Report {
    pub(super) fn add(&mut self, inspection: Inspection) {
        self.inspections.push(inspection);
    }

    /// Writes it to standard output.
    ///
    /// # Errors
    /// As [`crate::printer::Printer::data`].
    pub(super) fn print(&self, format: ReportFormat, context: &Context) -> Result<(), CommandError> {
        match format {
            ReportFormat::Json => context.printer.data(&report::json(&self.inspections)?),
            ReportFormat::Text => {
                let texts: Vec<String> = self
                    .inspections
                    .iter()
                    .map(|inspection| text(inspection, context))
                    .collect();
                context.printer.report(&texts.join("\n"))
            }
        }
    }
}

fn text(of: &Inspection, context: &Context) -> String {
    let name = of.name.as_deref().unwrap_or("(without a name)");
    let name = match &of.namespace {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    };
    let mut text = format!("{}  ({}:{})\n", printable(&name), printable(&of.file), of.line);
    let mut line = |what: &str, said: &str| {
        let _ = writeln!(text, "  {what:<11}  {}", printable(said));
    };
    line("scope", &of.scope);
    line("type", of.template.kind.as_deref().unwrap_or("Opaque"));
    if of.template.immutable {
        line("immutable", "yes");
    }
    for (what, names) in [
        ("labels", &of.template.labels),
        ("annotations", &of.template.annotations),
        ("templates", &of.template.data),
        ("left out", &of.template.left_out),
    ] {
        if !names.is_empty() {
            line(what, &names.join(", "));
        }
    }
    if !of.hint.is_empty() {
        line("hint", &of.hint.join(", "));
    }
    line("newest key", of.newest.as_deref().unwrap_or("not known"));
    line("re-seal", &reseal(of));
    let rows: Vec<[String; 6]> = of.items.iter().map(|item| row(item, context)).collect();
    if !rows.is_empty() {
        let headers = ["ITEM", "BYTES", "RSA", "KEY", "KEY-AGE", "RE-SEAL"];
        for line in table(headers, &rows).lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    for item in &of.items {
        if let Some(problem) = &item.problem {
            let _ = writeln!(text, "  item `{}`: {problem}", printable(&item.item));
        }
    }
    text
}

fn reseal(of: &Inspection) -> String {
    let fails = of.items.iter().any(|item| item.reseal == Change::Fails);
    match of.reseal_changes {
        _ if fails => "fails, for an item does not open".to_owned(),
        None => "not known; --ask-controller, --key or --local tell".to_owned(),
        Some(0) => "nothing would change".to_owned(),
        Some(changes) => format!("would change {changes} of {} items", of.items.len()),
    }
}

fn row(item: &ItemFacts, context: &Context) -> [String; 6] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let key = item.key.as_ref().map(|key| match item.told_by {
        Some(ToldBy::Hint) => format!("{key} (hint)"),
        _ => key.clone(),
    });
    let change = match item.reseal {
        Change::Stays => "stays",
        Change::Changes => "changes",
        Change::Fails => "fails",
        Change::Unknown => "-",
    };
    [
        printable(&item.item).into_owned(),
        or_dash(item.bytes.map(|bytes| bytes.to_string())),
        or_dash(item.rsa_bits.map(|bits| bits.to_string())),
        or_dash(key),
        or_dash(
            item.key_created
                .map(|created| age(context.now.duration_since(created))),
        ),
        change.to_owned(),
    ]
}
