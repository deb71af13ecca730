//! From the fields of the file to what they mean; every mistake has its line and field.

use std::collections::BTreeSet;

use manifests::documents::{Document, DocumentError};
use sealing::Fingerprint;

use super::entry::{ClusterEntry, Controller};
use super::file::{ClusterFields, ConfigFile, ControllerFields, DefaultFields, RuleFields};
use super::output_pattern::OutputPattern;
use super::pattern::Pattern;
use super::rule::RuleEntry;
use crate::cluster::object_name;

/// The version that this program reads.
const API_VERSION: &str = "chancery.dev/v1alpha1";

/// The kind of the file.
const KIND: &str = "Config";

/// What the file says, checked.
pub(super) struct Checked {
    pub(super) clusters: Vec<ClusterEntry>,
    /// `defaults` first, then the rules in their order.
    pub(super) rules: Vec<RuleEntry>,
    pub(super) plain_secrets: Vec<Pattern>,
}

/// Reads the document of a configuration.
///
/// # Errors
/// [`DocumentError`] with the line and field of the first mistake, and what was probably meant.
pub(super) fn check(document: &Document) -> Result<Checked, DocumentError> {
    let of = Of { document };
    for (field, is, wanted) in [
        ("apiVersion", document.api_version(), API_VERSION),
        ("kind", document.kind(), KIND),
    ] {
        if is != Some(wanted) {
            return Err(of.error(field, format!("a configuration has `{field}: {wanted}`")));
        }
    }
    let file: ConfigFile = document.to()?;
    let alone = file.clusters.len() == 1;
    let mut clusters: Vec<ClusterEntry> = Vec::with_capacity(file.clusters.len());
    for (index, fields) in file.clusters.into_iter().enumerate() {
        let entry = of.cluster(&format!("clusters[{index}]"), fields, alone)?;
        if clusters.iter().any(|other| other.name == entry.name) {
            let again = format!("the name `{}` is that of another cluster too", entry.name);
            return Err(of.error(&format!("clusters[{index}].name"), again));
        }
        clusters.push(entry);
    }
    let names: Vec<&str> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    let mut rules = vec![of.rule("defaults", 0, None, defaults(file.defaults), &names)?];
    for (index, fields) in file.rules.into_iter().enumerate() {
        let at = format!("rules[{index}]");
        let pattern = Pattern::parse(&fields.path).map_err(|error| of.error(&format!("{at}.path"), error))?;
        let rule = of.rule(&at, index + 1, Some(pattern), fields, &names)?;
        if rule.clusters.is_none()
            && rule.namespace.is_none()
            && rule.scope.is_none()
            && rule.output.is_none()
        {
            let none = "the rule says nothing; it may say `clusters`, `namespace`, `scope` and `output`";
            return Err(of.error(&at, none));
        }
        rules.push(rule);
    }
    let mut plain_secrets = Vec::new();
    for (index, text) in file.plain_secrets.allow.iter().enumerate() {
        let pattern =
            Pattern::parse(text).map_err(|error| of.error(&format!("plainSecrets.allow[{index}]"), error))?;
        plain_secrets.push(pattern);
    }
    Ok(Checked {
        clusters,
        rules,
        plain_secrets,
    })
}

fn defaults(fields: DefaultFields) -> RuleFields {
    RuleFields {
        path: String::new(),
        clusters: fields.clusters,
        namespace: fields.namespace,
        scope: fields.scope,
        output: fields.output,
    }
}

struct Of<'a> {
    document: &'a Document,
}

impl Of<'_> {
    fn line(&self, field: &str) -> usize {
        self.document.line_of(field).unwrap_or(self.document.line)
    }

    fn error(&self, field: &str, message: impl Into<String>) -> DocumentError {
        DocumentError::Field {
            place: self.document.place(),
            path: field.to_owned(),
            line: self.line(field),
            message: message.into(),
        }
    }

    fn cluster(&self, at: &str, fields: ClusterFields, alone: bool) -> Result<ClusterEntry, DocumentError> {
        let name = self.object(&format!("{at}.name"), &fields.name)?;
        let named = fields.controller.is_some();
        let controller =
            self.controller(&format!("{at}.controller"), fields.controller.unwrap_or_default())?;
        let certificate = fields.certificate.filter(|certificate| !certificate.is_empty());
        match &certificate {
            None if !named => {
                let where_from = "it has neither `certificate` (a file or URL) nor `controller`: one says where its \
                                  certificate comes from";
                return Err(self.error(at, where_from));
            }
            // Else the current context of whoever runs the command would decide which cluster is meant.
            None if !alone && controller.context.is_none() => {
                let which =
                    "with several clusters each controller needs its `context`, the one in the kubeconfig";
                return Err(self.error(&format!("{at}.controller"), which));
            }
            _ => {}
        }
        let field = format!("{at}.fingerprints");
        let mut fingerprints = Vec::new();
        for (index, text) in fields.fingerprints.iter().enumerate() {
            let fingerprint: Fingerprint = text
                .parse()
                .map_err(|error| self.error(&format!("{field}[{index}]"), format!("{error}")))?;
            fingerprints.push(fingerprint);
        }
        if let Some(url) = &certificate
            && url
                .get(..7)
                .is_some_and(|start| start.eq_ignore_ascii_case("http://"))
            && fingerprints.is_empty()
        {
            let exchanged = "what comes over plain http can be exchanged on the way: use https, or pin the key with \
                             `fingerprints` (`chancery cert --cert URL --pin` prints them)";
            return Err(self.error(&format!("{at}.certificate"), exchanged));
        }
        Ok(ClusterEntry {
            name,
            certificate,
            controller,
            fingerprints,
            line: self.line(&field),
            field,
        })
    }

    fn controller(&self, at: &str, fields: ControllerFields) -> Result<Controller, DocumentError> {
        let object = |field: &str, name: Option<String>| {
            let name = name.filter(|name| !name.is_empty());
            name.map(|name| self.object(&format!("{at}.{field}"), &name))
                .transpose()
        };
        Ok(Controller {
            context: fields.context.filter(|context| !context.is_empty()),
            namespace: object("namespace", fields.namespace)?,
            name: object("name", fields.name)?,
        })
    }

    fn object(&self, field: &str, name: &str) -> Result<String, DocumentError> {
        object_name(name).map_err(|error| self.error(field, error))
    }

    fn rule(
        &self,
        at: &str,
        number: usize,
        pattern: Option<Pattern>,
        fields: RuleFields,
        known: &[&str],
    ) -> Result<RuleEntry, DocumentError> {
        let clusters = fields
            .clusters
            .map(|names| self.clusters(&format!("{at}.clusters"), names, known))
            .transpose()?;
        let namespace = fields.namespace.filter(|namespace| !namespace.is_empty());
        let namespace = namespace
            .map(|namespace| self.object(&format!("{at}.namespace"), &namespace))
            .transpose()?;
        let output = fields.output.filter(|output| !output.is_empty());
        let output = output
            .map(|output| OutputPattern::parse_below(&output))
            .transpose()
            .map_err(|error| self.error(&format!("{at}.output"), error))?;
        Ok(RuleEntry {
            pattern,
            number,
            line: self.line(at),
            clusters,
            namespace,
            scope: fields.scope.map(Into::into),
            output,
        })
    }

    fn clusters(&self, at: &str, names: Vec<String>, known: &[&str]) -> Result<Vec<String>, DocumentError> {
        if names.is_empty() {
            return Err(self.error(at, "the list is empty; name a cluster, or leave the field out"));
        }
        let mut found = BTreeSet::new();
        for (index, name) in names.iter().enumerate() {
            let field = format!("{at}[{index}]");
            if !known.contains(&name.as_str()) {
                return Err(self.error(&field, unknown(name, known)));
            }
            if !found.insert(name) {
                return Err(self.error(&field, format!("`{name}` is named twice")));
            }
        }
        Ok(names)
    }
}

/// The words about a cluster that is not configured.
pub(super) fn unknown(name: &str, known: &[&str]) -> String {
    if known.is_empty() {
        return format!("there is no cluster `{name}`: the file has no `clusters`");
    }
    match manifests::similar(name, known) {
        Some(close) => format!("there is no cluster `{name}`; did you mean `{close}`?"),
        None => format!("there is no cluster `{name}`; there are {}", known.join(", ")),
    }
}
