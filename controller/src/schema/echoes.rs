//! What our own writes made of objects, until the watches bring it back. Without it the pass after a write
//! would see the state before it, and do everything again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::runtime::reflector::{Lookup, ObjectRef, Store};

use super::Key;

/// Our writes to the objects of one kind.
pub(super) struct Echoes<K> {
    objects: Mutex<HashMap<Key, Echo<K>>>,
}

struct Echo<K> {
    /// The resourceVersions that the cache may still have: those before our write, our own earlier ones
    /// among them. `None` is "not there".
    before: Vec<Option<String>>,
    after: Arc<K>,
}

impl<K> Default for Echoes<K> {
    fn default() -> Self {
        Self {
            objects: Mutex::default(),
        }
    }
}

impl<K> Echoes<K>
where
    K: kube::Resource<DynamicType = ()> + Lookup<DynamicType = ()> + Clone + 'static,
{
    /// Notes what our write made of an object that had the resourceVersion `before`.
    pub(super) fn wrote(&self, key: &Key, before: Option<String>, after: Arc<K>) {
        let mut objects = self.lock();
        let mut known = objects.remove(key).map_or_else(Vec::new, |echo| echo.before);
        if !known.contains(&before) {
            known.push(before);
        }
        objects.insert(key.clone(), Echo { before: known, after });
    }

    /// Notes that the watch brought an object in this version, or, with `None`, its deletion.
    pub(super) fn saw(&self, key: &Key, version: Option<&String>) {
        let mut objects = self.lock();
        let spent = objects.get(key).is_some_and(|echo| {
            version.is_none() || !echo.before.iter().any(|before| before.as_ref() == version)
        });
        if spent {
            objects.remove(key);
        }
    }

    /// Notes that the objects were listed anew: what we wrote is in the list, or gone.
    pub(super) fn listed(&self) {
        self.lock().clear();
    }

    /// Returns the newest version known of the objects for which `wanted` is true.
    ///
    /// The cache is read while the echoes are locked. Else the watch could bring our write to the cache and
    /// take it from here between two looks, and the object would seem not to exist.
    pub(super) fn newest(&self, cache: &Store<K>, wanted: impl Fn(&K) -> bool) -> Vec<Arc<K>> {
        let echoes = self.lock();
        let mut found: Vec<Arc<K>> = Vec::new();
        for cached in cache.state() {
            let echo = echoes.get(&super::key(cached.meta()));
            let newest = match echo {
                Some(echo) if echo.before.contains(&cached.meta().resource_version) => &echo.after,
                _ => &cached,
            };
            if wanted(newest) {
                found.push(Arc::clone(newest));
            }
        }
        for (key, echo) in &*echoes {
            let reference = ObjectRef::<K>::new(&key.1).within(&key.0);
            if echo.before.contains(&None) && cache.get(&reference).is_none() && wanted(&echo.after) {
                found.push(Arc::clone(&echo.after));
            }
        }
        found.sort_by_key(|object| super::key(object.meta()));
        found
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Echo<K>>> {
        // A panic elsewhere leaves entries whole: each change is one assignment.
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the resourceVersion of an object.
pub(super) fn version(metadata: &ObjectMeta) -> Option<String> {
    metadata.resource_version.clone()
}

#[cfg(test)]
mod tests {
    use api::migration::{Migration, MigrationSpec};
    use kube::runtime::reflector;
    use kube::runtime::watcher::Event;

    use super::*;

    fn migration(version: &str) -> Migration {
        let mut migration = Migration::new("m", MigrationSpec::default());
        migration.metadata.namespace = Some("ns".into());
        migration.metadata.resource_version = Some(version.into());
        migration
    }

    fn key() -> Key {
        ("ns".into(), "m".into())
    }

    fn check(echoes: &Echoes<Migration>, cache: &Store<Migration>, expected: &[&str]) {
        let newest = echoes.newest(cache, |_| true);
        let versions: Vec<&str> = newest
            .iter()
            .filter_map(|migration| migration.metadata.resource_version.as_deref())
            .collect();
        assert_eq!(versions, expected);
    }

    #[test]
    fn a_chain_of_our_own_writes_is_seen_before_the_watch_brings_any() {
        let (cache, mut writer) = reflector::store();
        let echoes = Echoes::default();
        echoes.wrote(&key(), None, Arc::new(migration("5")));
        check(&echoes, &cache, &["5"]);
        echoes.wrote(&key(), Some("5".into()), Arc::new(migration("6")));
        check(&echoes, &cache, &["6"]);
        // The watch brings our first write; the second is still newer.
        writer.apply_watcher_event(&Event::Apply(migration("5")));
        echoes.saw(&key(), Some(&"5".into()));
        check(&echoes, &cache, &["6"]);
        // Someone else's write after ours is newer than all of them.
        writer.apply_watcher_event(&Event::Apply(migration("9")));
        echoes.saw(&key(), Some(&"9".into()));
        check(&echoes, &cache, &["9"]);
    }

    #[test]
    fn an_object_that_was_deleted_after_our_write_is_not_believed_to_exist() {
        let (cache, mut writer) = reflector::store::<Migration>();
        let echoes = Echoes::default();
        echoes.wrote(&key(), None, Arc::new(migration("5")));
        writer.apply_watcher_event(&Event::Delete(migration("7")));
        echoes.saw(&key(), None);
        check(&echoes, &cache, &[]);
        echoes.wrote(&key(), None, Arc::new(migration("8")));
        echoes.listed();
        check(&echoes, &cache, &[]);
    }
}
