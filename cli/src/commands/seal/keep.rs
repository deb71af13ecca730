//! `chancery seal --keep-metadata`: labels and annotations that the SealedSecret itself gets.

use std::path::Path;

use manifests::seal::NamePattern;

use crate::error::CommandError;

/// Which labels and annotations the SealedSecret gets.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct KeepArgs {
    /// Give labels and annotations to the SealedSecret's own metadata too, where for instance Argo CD looks for its sync
    /// waves: all of them, or those whose names match, such as `argocd.argoproj.io/*`; repeatable, or with commas between
    #[arg(
        long,
        value_name = "PATTERN",
        num_args = 0..=1,
        default_missing_value = "*",
        value_delimiter = ','
    )]
    keep_metadata: Vec<NamePattern>,
}

impl KeepArgs {
    /// The patterns.
    ///
    /// # Errors
    /// When one is a file: `--keep-metadata db.yaml` was meant to read it, and would wait for standard input.
    pub(super) fn patterns(&self) -> Result<&[NamePattern], CommandError> {
        match self
            .keep_metadata
            .iter()
            .find(|pattern| Path::new(pattern.as_str()).exists())
        {
            None => Ok(&self.keep_metadata),
            Some(file) => Err(CommandError::usage(format!(
                "`--keep-metadata {file}` takes the file for the name of a label"
            ))
            .hint(format!("to keep all: --keep-metadata='*' {file}"))),
        }
    }
}
