//! Where the sealed documents of one or several clusters go.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use api::sealed_secret::SealedSecret;
use manifests::scope;
use serde_json::Value;

use super::SealArgs;
use super::document::{Job, contradiction};
use crate::atomic_file::Readers;
use crate::certificate::Recipients;
use crate::config::{Config, OutputPattern, Properties, Rule};
use crate::context::Context;
use crate::error::CommandError;
use crate::input::Origin;
use crate::output::{self, Product};
use crate::report;

/// A document that was sealed for one cluster.
pub(super) struct Sealed<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) cluster: Option<&'a str>,
    pub(super) object: SealedSecret,
    pub(super) product: Product,
}

/// Where documents go.
pub(super) enum Destination<'a> {
    /// Standard output: one cluster alone, or the documents could not be told apart.
    Stdout,
    /// Standard output, as one JSON object with a list for each cluster.
    ByCluster,
    File(&'a Path),
    /// A folder; `apart` with one in it for each cluster.
    Folder {
        folder: &'a Path,
        apart: bool,
    },
    /// The pattern of -w.
    Pattern(OutputPattern),
    /// Where the rules say.
    Rules,
}

impl<'a> Destination<'a> {
    /// Where the documents of these jobs go; nothing is asked or written yet.
    ///
    /// # Errors
    /// A usage error, when documents of several clusters would be mixed up, and when -w is no pattern.
    pub(super) fn of(
        args: &'a SealArgs,
        jobs: &[Job<'_>],
        recipients: &Recipients<'_>,
    ) -> Result<Self, CommandError> {
        let clusters: BTreeSet<Option<&str>> = jobs
            .iter()
            .flat_map(|job| &job.recipients)
            .map(|recipient| recipient.cluster.as_deref())
            .collect();
        if args.by_cluster {
            if clusters.contains(&None) {
                return Err(CommandError::usage("`--by-cluster` needs names of clusters")
                    .hint("--cert NAME=FILE gives one; `.chancery.yaml` configures them"));
            }
            return Ok(Self::ByCluster);
        }
        let several = clusters.len() > 1;
        let destination = match (args.output.target(), args.output.file()) {
            (None, _) if jobs.iter().any(has_output) => {
                if let Some(job) = jobs.iter().find(|job| !has_output(job)) {
                    return Err(CommandError::usage(format!(
                        "of some documents the rules say where they are written, of {} they don't",
                        job.document.place()
                    ))
                    .hint(
                        "say it for all with -w (`-w -` is standard output), or with `output` in `defaults`",
                    ));
                }
                Self::Rules
            }
            (_, None) => Self::Stdout,
            (_, Some(target)) => match target
                .to_str()
                .filter(|text| OutputPattern::is_one(text) && !is_there(target, text))
            {
                Some(text) => Self::Pattern(OutputPattern::parse(text).map_err(|error| {
                    CommandError::usage(error).context(format!("cannot use `-w {text}`"))
                })?),
                None if output::is_folder(target) => Self::Folder {
                    folder: target,
                    apart: recipients.are_apart(),
                },
                None => Self::File(target),
            },
        };
        if several && matches!(destination, Self::Stdout | Self::File(_)) {
            let names: Vec<&str> = clusters.into_iter().flatten().collect();
            return Err(CommandError::usage(format!(
                "the documents of {} would be mixed up in one text",
                names.join(", ")
            ))
            .hint("-w FOLDER/ gives each cluster a folder; -w 'PATH/{cluster}/{name}.yaml' says where as you like")
            .hint(format!(
                "{}; --by-cluster prints one JSON object with a list for each",
                recipients.how_to_pick()
            )));
        }
        Ok(destination)
    }

    /// Writes everything, or, on an error, nothing.
    ///
    /// # Errors
    /// When two documents would go to the same file, when a file's rule wants the document otherwise, and when something
    /// can't be written.
    pub(super) fn deliver(
        &self,
        args: &SealArgs,
        sealed: Vec<Sealed<'_>>,
        config: Option<&Config>,
        context: &Context,
    ) -> Result<(), CommandError> {
        let files = match self {
            Self::Stdout | Self::File(_) => {
                if let (Self::File(path), Some(config)) = (self, config) {
                    for one in &sealed {
                        one.check_rule(args, path, config)?;
                    }
                }
                let products: Vec<Product> = sealed.into_iter().map(|one| one.product).collect();
                return output::deliver(&args.output, &products, Readers::Anyone, &context.printer);
            }
            Self::ByCluster => return context.printer.data(&by_cluster(&sealed)?),
            Self::Folder { folder, apart } => in_folder(args, folder, *apart, &sealed)?,
            Self::Pattern(pattern) => by_pattern(args, &sealed, |one| {
                let path = match &one.job.origin {
                    Origin::File { relative, .. } => Some(relative.clone()),
                    Origin::Stdin => None,
                };
                pattern.fill(&one.properties(path.as_deref()))
            })?,
            Self::Rules => by_pattern(args, &sealed, |one| one.path_by_rule(config))?,
        };
        if let Some(config) = config {
            for (path, products) in &files {
                for one in sealed.iter().filter(|one| {
                    products
                        .iter()
                        .any(|product| std::ptr::eq(*product, &raw const one.product))
                }) {
                    one.check_rule(args, path, config)?;
                }
            }
        }
        output::write_files(&args.output, &files, true, Readers::Anyone, &context.printer)
    }
}

/// A file or folder whose own name has such braces; a name that there is comes before it.
fn is_there(target: &Path, text: &str) -> bool {
    OutputPattern::parse(text).is_err() && target.exists()
}

fn has_output(job: &Job<'_>) -> bool {
    job.rule.as_ref().is_some_and(|rule| rule.output().is_some())
}

fn in_folder<'a>(
    args: &SealArgs,
    folder: &Path,
    apart: bool,
    sealed: &'a [Sealed<'_>],
) -> Result<BTreeMap<PathBuf, Vec<&'a Product>>, CommandError> {
    let mut by_folder: BTreeMap<PathBuf, Vec<&Product>> = BTreeMap::new();
    for one in sealed {
        let place = match one.cluster.filter(|_| apart) {
            Some(cluster) => folder.join(cluster),
            None => folder.to_owned(),
        };
        by_folder.entry(place).or_default().push(&one.product);
    }
    let mut files = BTreeMap::new();
    for (place, products) in by_folder {
        files.extend(output::by_file(&place, &products, args.output.format())?);
    }
    Ok(files)
}

/// One file may hold the documents of one file and cluster; with several of each they would overwrite each other when
/// sealed one by one.
fn by_pattern<'a>(
    args: &SealArgs,
    sealed: &'a [Sealed<'_>],
    path: impl Fn(&Sealed<'_>) -> Result<PathBuf, String>,
) -> Result<BTreeMap<PathBuf, Vec<&'a Product>>, CommandError> {
    let mut files: BTreeMap<PathBuf, Vec<&Product>> = BTreeMap::new();
    let mut first: BTreeMap<PathBuf, &Sealed<'_>> = BTreeMap::new();
    for one in sealed {
        let path = path(one).map_err(|error| {
            CommandError::message(error).context(format!(
                "cannot tell where {} is written",
                one.job.document.place()
            ))
        })?;
        let path = output::in_format(&path, args.output.format());
        let other = first.entry(path.clone()).or_insert(one);
        if other.cluster != one.cluster || other.job.origin != one.job.origin || is_same_document(other, one)
        {
            return Err(CommandError::message(format!(
                "{} and {} would both be written to `{}`",
                other.described(),
                one.described(),
                path.display()
            ))
            .hint("make the pattern tell them apart, with {cluster}, {path}, {namespace} or {name}"));
        }
        files.entry(path).or_default().push(&one.product);
    }
    Ok(files)
}

/// Two documents of standard input that are called the same.
fn is_same_document(first: &Sealed<'_>, second: &Sealed<'_>) -> bool {
    !std::ptr::eq(first, second)
        && first.job.origin == Origin::Stdin
        && first.product.name == second.product.name
}

fn by_cluster(sealed: &[Sealed<'_>]) -> Result<Vec<u8>, CommandError> {
    let mut lists: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for one in sealed {
        lists
            .entry(one.cluster.unwrap_or_default())
            .or_default()
            .push(&one.product.value);
    }
    report::json(&lists)
}

impl Sealed<'_> {
    fn properties<'b>(&'b self, path: Option<&'b Path>) -> Properties<'b> {
        Properties {
            cluster: self.cluster,
            path,
            name: &self.product.name,
            namespace: self.object.metadata.namespace.as_deref(),
        }
    }

    fn described(&self) -> String {
        let document = self.job.document.place();
        match self.cluster {
            Some(cluster) => format!("{document} for `{cluster}`"),
            None => document.to_string(),
        }
    }

    /// `{path}` is relative to the part of the rule's own path that has no wildcard, so that it is the same however the
    /// file was named in the call.
    fn path_by_rule(&self, config: Option<&Config>) -> Result<PathBuf, String> {
        let none = "no rule says it";
        let config = config.ok_or(none)?;
        let (pattern, base) = self.job.rule.as_ref().and_then(Rule::output).ok_or(none)?;
        let path = match &self.job.origin {
            Origin::File { path, .. } => config.below(path),
            Origin::Stdin => None,
        };
        let path = path.map(|path| {
            path.strip_prefix(base)
                .map_or_else(|_| path.clone(), Path::to_owned)
        });
        Ok(config.resolve(&pattern.fill(&self.properties(path.as_deref()))?))
    }

    /// `verify` asks the rule of the sealed file, so that must agree too.
    fn check_rule(&self, args: &SealArgs, path: &Path, config: &Config) -> Result<(), CommandError> {
        let metadata = &self.object.metadata;
        let scope = scope::of_sealed_secret(metadata);
        contradiction(args, &config.rule_for(path), metadata.namespace.as_deref(), scope).map_err(|error| {
            error.context(format!(
                "cannot write {} to `{}`",
                self.job.document.place(),
                path.display()
            ))
        })
    }
}
