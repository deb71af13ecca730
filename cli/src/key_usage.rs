//! Which sealing keys the SealedSecrets of a cluster need.
//!
//! The controller counts it in each status as it opens the items. A status that speaks of the object as it is now is
//! believed; the items of the others (upstream's CRD drops the count, and an object may have changed since) are opened
//! here, on all cores. Of a value nothing is kept.

mod needing;
mod opening;

use std::collections::BTreeMap;
use std::fmt;

use api::sealed_secret::SealedSecret;
use manifests::digest::digest;
use sealing::{Fingerprint, KeyRing};

use crate::cluster::{Cluster, ObjectName};
use crate::error::CommandError;

pub(crate) use needing::{NeedingObject, needing};

/// What needs which key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyUsage {
    /// By key: also keys that are stored nowhere any more.
    pub(crate) by_key: BTreeMap<Fingerprint, Needed>,
    /// What no key opens. It needs none of them, so it is no reason to keep one.
    pub(crate) unopened: Vec<Unopened>,
    /// What could not be looked at: it may need any key.
    pub(crate) unseen: Vec<Unseen>,
}

/// What needs a key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Needed {
    /// The SealedSecrets with such items, in the order of their names.
    pub(crate) objects: Vec<ObjectName>,
    /// How many items they are.
    pub(crate) items: usize,
}

/// Items of an object that no key opens.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unopened {
    /// The SealedSecret.
    pub(crate) object: ObjectName,
    /// The keys of its items.
    pub(crate) items: Vec<String>,
}

/// What could not be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// Everything, and why.
    All {
        /// Why, in a line.
        reason: String,
    },
    /// One object that has not the shape of a SealedSecret.
    Object {
        /// Its name.
        object: ObjectName,
    },
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All { reason } => f.write_str(reason),
            Self::Object { object } => write!(f, "`{object}` has not the shape of a SealedSecret"),
        }
    }
}

impl KeyUsage {
    /// Counts what lives in a cluster. What can't be listed or read is [`Self::unseen`].
    ///
    /// The ring should hold every key that there is, also those that are out of use: what only such a key opens would
    /// count as unopened otherwise.
    pub(crate) fn of_cluster(cluster: &Cluster, ring: &KeyRing) -> Self {
        match cluster.sealed_secrets() {
            Ok(listed) => {
                let mut usage = Self::count(listed.objects, ring);
                let misshapen = listed.misshapen.into_iter();
                usage.unseen = misshapen.map(|object| Unseen::Object { object }).collect();
                usage
            }
            Err(error) => Self {
                unseen: vec![Unseen::All {
                    reason: CommandError::from(error).causes().join(": "),
                }],
                ..Self::default()
            },
        }
    }

    /// Counts what these objects need: first what their statuses say, the rest is opened.
    pub(crate) fn count(objects: Vec<SealedSecret>, ring: &KeyRing) -> Self {
        let mut usage = Self::default();
        let mut unknown = Vec::new();
        for sealed in objects {
            match recorded(&sealed) {
                Some(keys) => usage.add(&ObjectName::of(&sealed.metadata), keys),
                None => unknown.push(sealed),
            }
        }
        usage.open(&unknown, ring);
        usage.sorted()
    }

    /// The same without believing any status.
    pub(crate) fn opened(objects: &[SealedSecret], ring: &KeyRing) -> Self {
        let mut usage = Self::default();
        usage.open(objects, ring);
        usage.sorted()
    }

    /// What needs this key, `None` when nothing was found that does.
    pub(crate) fn needed(&self, key: &Fingerprint) -> Option<&Needed> {
        self.by_key.get(key)
    }

    fn open(&mut self, objects: &[SealedSecret], ring: &KeyRing) {
        for (sealed, keys) in objects.iter().zip(opening::keys_of_all(objects, ring)) {
            let object = ObjectName::of(&sealed.metadata);
            let mut opened = BTreeMap::new();
            let mut items = Vec::new();
            for (item, key) in keys {
                match key {
                    Ok(key) => *opened.entry(key).or_default() += 1,
                    Err(_) => items.push(item),
                }
            }
            self.add(&object, opened);
            if !items.is_empty() {
                self.unopened.push(Unopened { object, items });
            }
        }
    }

    fn add(&mut self, object: &ObjectName, keys: BTreeMap<Fingerprint, usize>) {
        for (key, items) in keys {
            let needed = self.by_key.entry(key).or_default();
            needed.objects.push(object.clone());
            needed.items += items;
        }
    }

    fn sorted(mut self) -> Self {
        for needed in self.by_key.values_mut() {
            needed.objects.sort();
        }
        self.unopened.sort_by(|one, other| one.object.cmp(&other.object));
        self
    }
}

/// Returns the keys of an object's items as its status counts them, `None` when the status is none of this object as it
/// is now, or doesn't say.
fn recorded(sealed: &SealedSecret) -> Option<BTreeMap<Fingerprint, usize>> {
    let count = sealed.spec.encrypted_data.len() + usize::from(sealed.spec.data.is_some());
    if count == 0 {
        return Some(BTreeMap::new());
    }
    let record = sealed.status.as_ref()?.unsealed.as_ref()?;
    if record.spec != digest(sealed) {
        return None;
    }
    if let ([key], true) = (record.keys.as_slice(), record.items.is_empty()) {
        return Some([(key.parse().ok()?, count)].into());
    }
    let counted = record.items.iter().map(|(key, items)| {
        let items = usize::try_from(*items).ok().filter(|items| *items > 0)?;
        Some((key.parse().ok()?, items))
    });
    let counted: BTreeMap<Fingerprint, usize> = counted.collect::<Option<_>>()?;
    // Each item was opened by one key; a count that doesn't come out was written by someone else.
    let sum = counted
        .values()
        .try_fold(0_usize, |sum, items| sum.checked_add(*items))?;
    (sum == count).then_some(counted)
}

#[cfg(test)]
mod tests;
