//! What is done with each key of a backup. Pure.

use std::collections::{BTreeMap, BTreeSet};

use api::names::{SEALING_KEY_ACTIVE, SEALING_KEY_LABEL};
use k8s_openapi::api::core::v1::Secret;
use manifests::keys;
use sealing::Fingerprint;

/// What is done with one key of a backup.
pub(super) enum Decision {
    /// It is missing and will be this Secret.
    Create {
        /// The Secret to create.
        secret: Box<Secret>,
        /// Its key.
        fingerprint: Fingerprint,
        /// The name in the backup, if another key has it now.
        instead_of: Option<String>,
    },
    /// It is stored already.
    There {
        /// Name of the Secret that has it.
        name: String,
        /// The label of that Secret.
        label: String,
        /// Its key.
        fingerprint: Fingerprint,
        /// The label in the backup.
        was: String,
    },
    /// It can't be read.
    Malformed {
        /// Name of the Secret in the backup.
        name: String,
        /// Why, in words without key material.
        problem: String,
    },
}

/// Returns what is done with each key of a backup, in its order. A key that stands twice in it counts once, the one in use
/// before the others.
pub(super) fn decide(stored: &[Secret], backup: Vec<Secret>) -> Vec<Decision> {
    let mut names: BTreeSet<String> = stored.iter().map(name).collect();
    let mut held: BTreeMap<Fingerprint, (String, String)> = BTreeMap::new();
    let (active, rest): (Vec<_>, Vec<_>) = stored.iter().partition(|secret| keys::is_active(secret));
    for secret in active.into_iter().chain(rest) {
        if let Ok(key) = keys::key_of_secret(secret) {
            held.entry(key.key.fingerprint().clone())
                .or_insert_with(|| (name(secret), label(secret)));
        }
    }
    let (active, rest): (Vec<_>, Vec<_>) = backup.into_iter().partition(keys::is_active);
    let mut decisions = Vec::new();
    for secret in active.into_iter().chain(rest) {
        let fingerprint = match keys::key_of_secret(&secret) {
            Ok(key) => key.key.fingerprint().clone(),
            Err(problem) => {
                decisions.push(Decision::Malformed {
                    name: name(&secret),
                    problem: problem.in_a_line(),
                });
                continue;
            }
        };
        if let Some((name, label_now)) = held.get(&fingerprint) {
            decisions.push(Decision::There {
                name: name.clone(),
                label: label_now.clone(),
                fingerprint,
                was: label(&secret),
            });
            continue;
        }
        let mut secret = keys::portable(secret);
        let wanted = name(&secret);
        let instead_of = names.contains(&wanted).then(|| {
            secret.metadata.name = Some(keys::name_of_copy(&wanted, &fingerprint));
            // Without a label only the old name made it a key.
            let labels = secret.metadata.labels.get_or_insert_default();
            labels
                .entry(SEALING_KEY_LABEL.to_owned())
                .or_insert_with(|| SEALING_KEY_ACTIVE.to_owned());
            wanted
        });
        names.insert(name(&secret));
        held.insert(fingerprint.clone(), (name(&secret), label(&secret)));
        decisions.push(Decision::Create {
            secret: Box::new(secret),
            fingerprint,
            instead_of,
        });
    }
    decisions
}

impl Decision {
    /// The Secret that is created.
    pub(super) fn restored(&self) -> Option<&Secret> {
        match self {
            Self::Create { secret, .. } => Some(secret),
            _ => None,
        }
    }

    /// The cells of the table: name, label, fingerprint, result.
    pub(super) fn row(&self, dry_run: bool) -> [String; 4] {
        match self {
            Self::Create {
                secret,
                fingerprint,
                instead_of,
            } => {
                let mut result = if dry_run { "would be created" } else { "created" }.to_owned();
                if let Some(name) = instead_of {
                    result = format!("{result}; another key has the name `{name}`");
                }
                [name(secret), label(secret), fingerprint.to_string(), result]
            }
            Self::There {
                name,
                label,
                fingerprint,
                was,
            } => {
                let result = if label == was {
                    "is there".to_owned()
                } else {
                    format!("is there; its label was `{was}` in the backup")
                };
                [name.clone(), label.clone(), fingerprint.to_string(), result]
            }
            Self::Malformed { name, problem } => [
                name.clone(),
                "-".to_owned(),
                "-".to_owned(),
                format!("left out: {problem}"),
            ],
        }
    }
}

fn name(secret: &Secret) -> String {
    secret.metadata.name.clone().unwrap_or_default()
}

/// The value of the label; a key of upstream's first versions has none.
fn label(secret: &Secret) -> String {
    let labels = secret.metadata.labels.as_ref();
    let label = labels.and_then(|labels| labels.get(SEALING_KEY_LABEL));
    label.cloned().unwrap_or_else(|| "-".to_owned())
}

#[cfg(test)]
mod tests;
