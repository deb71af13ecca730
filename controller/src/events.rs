//! Events in the form of core/v1, as upstream's controller writes them: that is what its roles give the right to, and
//! what people's alerts look for.
//!
//! The same event about the same object within ten minutes is counted up instead of written anew, and an object that
//! has too many different ones is cut short; both as client-go does.

mod ledger;

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kube::Client;
use kube::api::{Api, Patch, PatchParams, PostParams};
use serde_json::json;

use self::ledger::{Entry, Ledger, Post};
use crate::context::{clip, random_number, request};
use crate::error::Error;

/// Upstream's component name: rules on events that users have go on to match.
const COMPONENT: &str = "sealed-secrets";
/// Longest note of an event, in bytes.
const NOTE: usize = 1024;
/// Longest part of an object's name in the name of its event, which has 253 bytes in all.
const NAME: usize = 200;

/// What is to be said of an object.
pub(crate) struct Announcement<'a> {
    pub(crate) about: &'a ObjectReference,
    pub(crate) is_warning: bool,
    pub(crate) reason: &'a str,
    pub(crate) note: &'a str,
}

/// Writes events.
pub(crate) struct Announcer {
    client: Client,
    instance: String,
    ledger: Mutex<Ledger>,
}

impl Announcer {
    /// Returns a writer of events for a replica of this name.
    pub(crate) fn new(client: Client, instance: &str) -> Self {
        Self {
            client,
            instance: instance.to_owned(),
            ledger: Mutex::default(),
        }
    }

    /// Writes an event, or counts one up.
    ///
    /// # Errors
    /// What the API server answered.
    pub(crate) async fn announce(&self, event: &Announcement<'_>, now: Timestamp) -> Result<(), Error> {
        let note = clip(event.note, NOTE);
        let entry = Entry::new(event.about, event.reason, note);
        let post = self
            .ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .post(&entry, now);
        let namespace = event.about.namespace.as_deref().unwrap_or("default");
        let api: Api<Event> = Api::namespaced(self.client.clone(), namespace);
        let object = event.about.name.as_deref().unwrap_or_default();
        let created = match post {
            Post::Nothing => return Ok(()),
            Post::Again { name, count } => {
                let patch = Patch::Merge(json!({ "count": count, "lastTimestamp": Time(now) }));
                let params = PatchParams::default();
                let counted = api.patch(&name, &params, &patch);
                match request("publish an event about", object, counted).await {
                    // Events live for an hour, and may be deleted by anyone.
                    Err(error) if error.is_not_found() => self.event(event, note, now),
                    counted => return counted.map(drop),
                }
            }
            Post::New => self.event(event, note, now),
        };
        let params = PostParams::default();
        let created = request("publish an event about", object, api.create(&params, &created));
        let name = created.await?.metadata.name.unwrap_or_default();
        self.ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .posted(entry, name, now);
        Ok(())
    }

    fn event(&self, event: &Announcement<'_>, note: &str, now: Timestamp) -> Event {
        let object = event.about.name.as_deref().unwrap_or_default();
        Event {
            metadata: ObjectMeta {
                name: Some(name(object, random_number())),
                namespace: Some(
                    event
                        .about
                        .namespace
                        .clone()
                        .unwrap_or_else(|| "default".to_owned()),
                ),
                ..ObjectMeta::default()
            },
            involved_object: event.about.clone(),
            type_: Some(if event.is_warning { "Warning" } else { "Normal" }.to_owned()),
            reason: Some(event.reason.to_owned()),
            message: Some(note.to_owned()),
            source: Some(EventSource {
                component: Some(COMPONENT.to_owned()),
                host: None,
            }),
            reporting_component: Some(COMPONENT.to_owned()),
            reporting_instance: Some(self.instance.clone()),
            first_timestamp: Some(Time(now)),
            last_timestamp: Some(Time(now)),
            count: Some(1),
            ..Event::default()
        }
    }
}

/// Returns the name of an event about an object. What is left of a long name must not end in what may only stand between
/// letters and digits: the API server would refuse the event.
fn name(object: &str, number: u64) -> String {
    let object = clip(object, NAME).trim_end_matches(['-', '.']);
    format!("{object}.{number:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_about_an_object_with_a_long_name_has_a_name_that_the_api_server_takes() {
        assert_eq!(name("app", 7), "app.0000000000000007");
        for between in ["-", ".", "a.-"] {
            let begin = "a".repeat(NAME - between.len());
            let long = format!("{begin}{between}{}", "b".repeat(40));
            let cut = name(&long, 7);
            let object = cut.strip_suffix(".0000000000000007").unwrap();
            assert!(object.ends_with(|c: char| c.is_ascii_alphanumeric()), "{cut}");
            assert!(long.starts_with(object) && cut.len() <= 253, "{cut}");
        }
    }
}
