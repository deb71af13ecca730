//! What is done with each key of a backup. Pure.

use std::collections::{BTreeMap, BTreeSet};

use api::names::{SEALING_KEY_ACTIVE, SEALING_KEY_LABEL, SEALING_KEY_PREFIX};
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

/// The keys that a store holds, and those that will be there.
struct Held {
    /// Every name that is taken.
    names: BTreeSet<String>,
    /// The key and the label of each Secret that holds one.
    keys: BTreeMap<String, (Fingerprint, String)>,
}

impl Held {
    fn of(stored: &[Secret]) -> Self {
        let key = |secret: &Secret| {
            let key = keys::key_of_secret(secret).ok()?;
            Some((name(secret), (key.key.fingerprint().clone(), label(secret))))
        };
        Self {
            names: stored.iter().map(name).collect(),
            keys: stored.iter().filter_map(key).collect(),
        }
    }

    fn has(&self, name: &str, fingerprint: &Fingerprint) -> bool {
        self.keys.get(name).is_some_and(|(key, _)| key == fingerprint)
    }
}

/// Returns what is done with each Secret of a backup, those in use first, otherwise in its order.
///
/// A stored Secret of the same name with the same key is that one, and so is the copy that an earlier restore made because
/// another key had the name. A key that is stored under a name of which the backup knows nothing is there too. Whatever
/// else is missing is created, a key that stands in two Secrets in both: its retired Secret and the archive of it.
pub(super) fn decide(stored: &[Secret], backup: Vec<Secret>) -> Vec<Decision> {
    let mut held = Held::of(stored);
    let (active, rest): (Vec<_>, Vec<_>) = backup.into_iter().partition(keys::is_active);
    let backup: Vec<_> = active
        .into_iter()
        .chain(rest)
        .map(|secret| match keys::key_of_secret(&secret) {
            Ok(key) => (secret, Ok(key.key.fingerprint().clone())),
            Err(problem) => (secret, Err(problem.in_a_line())),
        })
        .collect();
    let elsewhere = elsewhere(stored, &held, &backup);
    let mut decisions = Vec::new();
    for (secret, key) in backup {
        let fingerprint = match key {
            Ok(fingerprint) => fingerprint,
            Err(problem) => {
                decisions.push(Decision::Malformed {
                    name: name(&secret),
                    problem,
                });
                continue;
            }
        };
        let mut own = own_names(&secret, &fingerprint).into_iter();
        let there = own
            .find(|name| held.has(name, &fingerprint))
            .or_else(|| elsewhere.get(&fingerprint).cloned());
        if let Some((name, (_, label_now))) = there.and_then(|name| held.keys.get_key_value(&name)) {
            decisions.push(Decision::There {
                name: name.clone(),
                label: label_now.clone(),
                fingerprint,
                was: label(&secret),
            });
            continue;
        }
        let (secret, instead_of) = free(keys::portable(secret), &fingerprint, &held.names);
        held.names.insert(name(&secret));
        held.keys
            .insert(name(&secret), (fingerprint.clone(), label(&secret)));
        decisions.push(Decision::Create {
            secret: Box::new(secret),
            fingerprint,
            instead_of,
        });
    }
    decisions
}

/// The names under which a Secret of a backup is stored: its own, or that of the copy where another key has that.
fn own_names(secret: &Secret, fingerprint: &Fingerprint) -> [String; 2] {
    let name = name(secret);
    let copy = keys::name_of_copy(&name, fingerprint);
    [name, copy]
}

/// The keys that are stored under names that none of the backup's Secrets has; where there are several, the one in use.
fn elsewhere(
    stored: &[Secret],
    held: &Held,
    backup: &[(Secret, Result<Fingerprint, String>)],
) -> BTreeMap<Fingerprint, String> {
    let known: BTreeSet<(&Fingerprint, String)> = backup
        .iter()
        .filter_map(|(secret, key)| Some((secret, key.as_ref().ok()?)))
        .flat_map(|(secret, key)| own_names(secret, key).map(|name| (key, name)))
        .collect();
    let (active, rest): (Vec<_>, Vec<_>) = stored.iter().partition(|secret| keys::is_active(secret));
    let mut elsewhere = BTreeMap::new();
    for name in active.into_iter().chain(rest).map(name) {
        if let Some((key, _)) = held.keys.get(&name)
            && !known.contains(&(key, name.clone()))
        {
            elsewhere.entry(key.clone()).or_insert(name);
        }
    }
    elsewhere
}

/// The Secret under a name that is free, and the name it had if that is another one.
fn free(mut secret: Secret, fingerprint: &Fingerprint, taken: &BTreeSet<String>) -> (Secret, Option<String>) {
    let wanted = name(&secret);
    if !taken.contains(&wanted) {
        return (secret, None);
    }
    secret.metadata.name = Some(keys::name_of_copy(&wanted, fingerprint));
    // Without a label only the name of upstream's first versions made it a key; any other Secret without one is none.
    if wanted == SEALING_KEY_PREFIX {
        let labels = secret.metadata.labels.get_or_insert_default();
        labels
            .entry(SEALING_KEY_LABEL.to_owned())
            .or_insert_with(|| SEALING_KEY_ACTIVE.to_owned());
    }
    (secret, Some(wanted))
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
