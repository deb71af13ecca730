//! What new items of a SealedSecret are bound to, where its file doesn't name the namespace.

use manifests::seal::{Binding, BindingError};

use super::{Picked, SealedFile};
use crate::config::Config;
use crate::context::Context;
use crate::error::CommandError;
use crate::namespace;

/// Namespaces of a SealedSecret that names none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Assumed<'a> {
    /// What the flag says; it comes before everything else.
    pub(crate) asked: Option<&'a str>,
    /// That of the Secret that is merged into it; it comes last, and must not contradict what is around the file.
    pub(crate) of_secret: Option<&'a str>,
}

impl SealedFile {
    /// What the items of this SealedSecret are bound to: its own scope, namespace and name. One that names no namespace
    /// has the one that was asked for, else that of the rule for the file or of its kustomization, else that of the
    /// Secret.
    ///
    /// # Errors
    /// When the namespace is nowhere to be had or contradictory, or name, namespace or scope is a placeholder.
    pub(crate) fn binding(
        &self,
        picked: &Picked,
        assumed: Assumed<'_>,
        config: Option<&Config>,
        context: &Context,
    ) -> Result<Binding, CommandError> {
        let metadata = &picked.sealed.metadata;
        let doing = || {
            let (title, name, line) = (picked.title(), self.name(), picked.line);
            format!("cannot seal for SealedSecret `{title}` in `{name}` (line {line})")
        };
        let binding = match Binding::of(metadata, assumed.asked) {
            Err(error) if error.lacks_namespace() => {
                match (self.namespace_around(config)?, assumed.of_secret) {
                    (Some((namespace, why)), Some(of_secret)) if namespace != of_secret => {
                        return Err(CommandError::message(format!(
                        "it names no namespace, and is for `{namespace}`, {why}, but the Secret is for `{of_secret}`"
                    ))
                    .context(doing()));
                    }
                    (Some((namespace, why)), _) => {
                        say(picked, &namespace, &why, context);
                        Binding::of(metadata, Some(&namespace))
                    }
                    (None, Some(namespace)) => {
                        say(picked, namespace, "as the Secret says", context);
                        Binding::of(metadata, Some(namespace))
                    }
                    (None, None) => Err(error),
                }
            }
            result => result,
        };
        binding.map_err(|error| {
            let hint = hint(&error);
            CommandError::failed(error).context(doing()).hint(hint)
        })
    }

    /// What the configuration and the kustomization say. Where they differ neither is taken: nobody would see that it
    /// was the wrong one before the object is applied.
    fn namespace_around(&self, config: Option<&Config>) -> Result<Option<(String, String)>, CommandError> {
        let Some(path) = self.path() else {
            return Ok(None);
        };
        let kustomized = namespace::of_kustomization(path)?;
        let configured = config.and_then(|config| {
            let namespace = config.rule_for(path).namespace()?;
            Some((namespace, config.shown().display()))
        });
        match (configured, kustomized) {
            (Some((configured, shown)), Some(kustomized)) if configured != kustomized => {
                Err(CommandError::message(format!(
                    "`{}` is for the namespace `{configured}`, as `{shown}` says, and for `{kustomized}`, as its \
                     kustomization says",
                    path.display()
                ))
                .hint("say which it will be: -n NAMESPACE"))
            }
            (Some((configured, shown)), _) => Ok(Some((configured.to_owned(), format!("as `{shown}` says")))),
            (None, kustomized) => Ok(kustomized.map(|name| (name, "as its kustomization says".to_owned()))),
        }
    }
}

/// It decides where the items open, so it is said.
fn say(picked: &Picked, namespace: &str, why: &str, context: &Context) {
    context.printer.note(&format!(
        "SealedSecret `{}` names no namespace: sealed for `{namespace}`, {why}",
        picked.title()
    ));
}

fn hint(error: &BindingError) -> &'static str {
    if error.lacks_namespace() {
        "say which it will be: `-n NAMESPACE`, a rule in .chancery.yaml, or `namespace:` in its kustomization"
    } else {
        "write the name and the scope out, or seal it where the placeholder is filled in"
    }
}
