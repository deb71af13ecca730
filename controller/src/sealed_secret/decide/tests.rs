use super::*;
use api::{conditions::Condition, names, sealed_secret::SealedSecretSpec};
use k8s_openapi::ByteString;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{OwnerReference, Time};

mod choices;

const DIGEST: &str = "digest of the spec";

/// A pass over the SealedSecret `app` (uid `u1`, generation 2), told step by step.
struct Story(Observed);

fn story() -> Story {
    let mut sealed = SealedSecret::new("app", SealedSecretSpec::default());
    sealed.metadata.namespace = Some("ns".to_owned());
    sealed.metadata.uid = Some("u1".to_owned());
    sealed.metadata.generation = Some(2);
    Story(Observed {
        sealed: Arc::new(sealed),
        digest: DIGEST.to_owned(),
        malformed: None,
        behaviour: Arc::default(),
        target: None,
        live: Live::Unread,
        items: Items::Sealed,
        hopeless: false,
        contested: false,
        adopted: false,
    })
}

fn secret(data: &[(&str, &str)]) -> Secret {
    Secret {
        metadata: ObjectMeta {
            name: Some("app".to_owned()),
            namespace: Some("ns".to_owned()),
            ..ObjectMeta::default()
        },
        data: Some(
            data.iter()
                .map(|(k, v)| ((*k).to_owned(), ByteString(v.as_bytes().to_vec())))
                .collect(),
        ),
        ..Secret::default()
    }
}

/// A Secret as the server has it: with uid, resourceVersion and the defaulted type.
fn stored(data: &[(&str, &str)]) -> Secret {
    let mut secret = secret(data);
    secret.metadata.uid = Some("s1".to_owned());
    secret.metadata.resource_version = Some("7".to_owned());
    secret.type_ = Some("Opaque".to_owned());
    secret
}

fn owned(mut secret: Secret) -> Secret {
    secret.metadata.owner_references = Some(vec![OwnerReference {
        api_version: "bitnami.com/v1alpha1".to_owned(),
        kind: "SealedSecret".to_owned(),
        name: "app".to_owned(),
        uid: "u1".to_owned(),
        controller: Some(true),
        block_owner_deletion: None,
    }]);
    secret
}

fn annotated(mut secret: Secret, annotation: &str) -> Secret {
    secret
        .metadata
        .annotations
        .get_or_insert_default()
        .insert(annotation.to_owned(), "true".to_owned());
    secret
}

impl Story {
    fn deleting(mut self) -> Self {
        Arc::make_mut(&mut self.0.sealed).metadata.deletion_timestamp =
            Some(Time(jiff::Timestamp::UNIX_EPOCH));
        self
    }

    fn recorded(mut self, digest: &str, resource_version: &str) -> Self {
        let record = Unsealed {
            spec: digest.to_owned(),
            keys: vec!["SHA256:key".to_owned()],
            items: BTreeMap::new(),
            secret_resource_version: resource_version.to_owned(),
            secret_uid: "s1".to_owned(),
        };
        Arc::make_mut(&mut self.0.sealed)
            .status
            .get_or_insert_default()
            .unsealed = Some(record);
        self
    }

    /// What upstream's controller leaves behind.
    fn synced_by_upstream(mut self, generation: i64) -> Self {
        let status = SealedSecretStatus {
            observed_generation: Some(generation),
            conditions: vec![Condition {
                type_: "Synced".to_owned(),
                status: "True".to_owned(),
                ..Condition::default()
            }],
            unsealed: None,
        };
        Arc::make_mut(&mut self.0.sealed).status = Some(status);
        self
    }

    fn cached(mut self, secret: &Secret) -> Self {
        self.0.target = Some(secret.metadata.clone());
        self
    }

    fn read(mut self, secret: Option<Secret>) -> Self {
        self.0.live = Live::Read(secret.map(Box::new));
        self
    }

    fn opened(mut self, secret: Secret) -> Self {
        let keys = OpenedBy::new(&BTreeMap::new());
        self.0.items = Items::Opened(Box::new(Opened { secret, keys }));
        self
    }

    fn failed(mut self) -> Self {
        self.0.items = Items::Failed(Failure::new("UnsealFailed", "no key could decrypt secret (a)"));
        self
    }

    fn contested(mut self) -> Self {
        self.0.contested = true;
        self
    }

    fn hopeless(mut self) -> Self {
        self.0.hopeless = true;
        self
    }

    /// The decision in a word, with what it would write.
    fn decision(&self) -> (String, Option<Secret>) {
        match decide(&self.0) {
            Decision::Rest => ("rest".to_owned(), None),
            Decision::Read => ("read".to_owned(), None),
            Decision::Open => ("open".to_owned(), None),
            Decision::Act(act) => {
                let outcome = match act.outcome {
                    Outcome::Synced { .. } => "synced".to_owned(),
                    Outcome::Pending(f) | Outcome::Blocked(f) | Outcome::Undecryptable(f) => {
                        f.reason.to_owned()
                    }
                };
                match act.write {
                    Write::Nothing => (outcome, None),
                    Write::Create(secret) => (format!("create, {outcome}"), Some(secret)),
                    Write::Replace(secret) => (format!("replace, {outcome}"), Some(secret)),
                    Write::Heal(secret) => (format!("heal, {outcome}"), Some(secret)),
                }
            }
        }
    }

    #[track_caller]
    fn then(self, expected: &str) -> Option<Secret> {
        let (decision, written) = self.decision();
        assert_eq!(decision, expected);
        written
    }
}

#[test]
fn a_new_object_is_opened_and_its_secret_created_with_an_owner() {
    story().then("open");
    let created = story().opened(secret(&[("a", "1")])).then("create, synced");
    assert_eq!(created, Some(owned(secret(&[("a", "1")]))));
}

#[test]
fn an_object_that_is_being_deleted_is_left_to_the_garbage_collector() {
    story().deleting().then("rest");
    story().deleting().cached(&owned(stored(&[]))).then("rest");
}

#[test]
fn nothing_changed_needs_neither_a_read_nor_a_private_key() {
    story()
        .recorded(DIGEST, "7")
        .cached(&owned(stored(&[])))
        .then("synced");
}

#[test]
fn a_changed_spec_or_secret_is_looked_at() {
    let secret = owned(stored(&[]));
    story().recorded("another", "7").cached(&secret).then("open");
    story().recorded(DIGEST, "6").cached(&secret).then("open");
    story().recorded(DIGEST, "7").then("open");
    let mut recreated = secret;
    recreated.metadata.uid = Some("s2".to_owned());
    story().recorded(DIGEST, "7").cached(&recreated).then("open");
}

#[test]
fn the_secret_is_read_only_once_its_items_are_open() {
    let secret_ = owned(stored(&[("a", "1")]));
    story().cached(&secret_).then("open");
    story()
        .cached(&secret_)
        .opened(secret(&[("a", "1")]))
        .then("read");
    story()
        .cached(&secret_)
        .opened(secret(&[("a", "1")]))
        .read(Some(secret_))
        .then("synced");
}

#[test]
fn a_secret_that_went_away_between_cache_and_read_is_created() {
    let opened = story().cached(&owned(stored(&[]))).opened(secret(&[("a", "1")]));
    opened.read(None).then("create, synced");
}

#[test]
fn a_template_without_a_type_causes_no_write_on_any_type() {
    let mut typed = owned(stored(&[("a", "1")]));
    typed.type_ = Some("example.com/custom".to_owned());
    story()
        .cached(&typed)
        .opened(secret(&[("a", "1")]))
        .read(Some(typed))
        .then("synced");
}

#[test]
fn a_type_that_differs_is_reported_and_not_written() {
    let live = owned(stored(&[("a", "1")]));
    let mut wanted = secret(&[("a", "1")]);
    wanted.type_ = Some("kubernetes.io/tls".to_owned());
    story()
        .cached(&live)
        .opened(wanted)
        .read(Some(live))
        .then("TypeDiffers");
}

#[test]
fn an_edit_is_healed_and_additions_stay_while_the_spec_is_the_same() {
    let edited = owned(stored(&[("a", "edited"), ("b", "added")]));
    let healed = story()
        .recorded(DIGEST, "6")
        .cached(&edited)
        .opened(secret(&[("a", "1")]))
        .read(Some(edited))
        .then("heal, synced");
    assert_eq!(healed, Some(owned(stored(&[("a", "1"), ("b", "added")]))));
}

#[test]
fn a_secret_that_someone_fights_over_is_left_for_a_while_unless_the_spec_changes() {
    let edited = owned(stored(&[("a", "edited")]));
    story()
        .recorded(DIGEST, "6")
        .cached(&edited)
        .contested()
        .then("DriftConflict");
    story()
        .recorded("another", "6")
        .cached(&edited)
        .contested()
        .then("open");
    story()
        .recorded(DIGEST, "7")
        .cached(&edited)
        .contested()
        .then("synced");
    story().recorded(DIGEST, "6").contested().then("open");
}

#[test]
fn a_new_spec_removes_what_it_does_not_name() {
    let live = owned(stored(&[("a", "old"), ("b", "added")]));
    let story = story().recorded("another", "7").cached(&live);
    let replaced = story
        .opened(secret(&[("a", "1")]))
        .read(Some(live))
        .then("replace, synced");
    assert_eq!(replaced, Some(owned(stored(&[("a", "1")]))));
}

#[test]
fn a_move_from_upstream_keeps_additions_unless_the_spec_changed_meanwhile() {
    let live = owned(stored(&[("a", "1"), ("b", "added")]));
    let opened = |generation| {
        let story = story()
            .synced_by_upstream(generation)
            .cached(&live)
            .opened(secret(&[("a", "1")]));
        story.read(Some(live.clone()))
    };
    opened(2).then("synced");
    assert_eq!(
        opened(1).then("replace, synced"),
        Some(owned(stored(&[("a", "1")])))
    );
}

#[test]
fn a_foreign_secret_is_reported_without_a_read_or_a_private_key() {
    story().cached(&stored(&[("a", "theirs")])).then("Unmanaged");
    // Ownership is read from the Secret, so a status that someone forged gives no right to it.
    story()
        .recorded(DIGEST, "7")
        .cached(&stored(&[]))
        .then("Unmanaged");
}

#[test]
fn a_secret_that_became_foreign_between_cache_and_read_is_not_written() {
    let story = story().cached(&owned(stored(&[]))).opened(secret(&[("a", "1")]));
    story.read(Some(stored(&[("a", "theirs")]))).then("Unmanaged");
}

#[test]
fn a_managed_secret_is_taken_over_as_a_whole() {
    let live = annotated(stored(&[("b", "theirs")]), names::MANAGED);
    let story = story().recorded(DIGEST, "6").cached(&live);
    let taken = story
        .opened(secret(&[("a", "1")]))
        .read(Some(live))
        .then("replace, synced")
        .unwrap();
    assert_eq!(taken.data, stored(&[("a", "1")]).data);
    assert_eq!(
        taken.metadata.owner_references,
        owned(secret(&[])).metadata.owner_references
    );
    assert_eq!(taken.metadata.annotations, Some(BTreeMap::new()));
}

#[test]
fn a_patched_secret_gains_items_and_no_owner() {
    let live = annotated(stored(&[("b", "theirs")]), names::PATCH);
    let story = story().cached(&live).opened(secret(&[("a", "1")]));
    let patched = story.read(Some(live)).then("replace, synced");
    assert_eq!(
        patched,
        Some(annotated(stored(&[("a", "1"), ("b", "theirs")]), names::PATCH))
    );
}

#[test]
fn a_secret_made_without_an_owner_is_known_again() {
    let template = annotated(secret(&[("a", "1")]), names::SKIP_SET_OWNER_REFERENCES);
    let created = story().opened(template.clone()).then("create, synced").unwrap();
    assert_eq!(created.metadata.owner_references, None);
    let live = annotated(stored(&[("a", "1")]), names::SKIP_SET_OWNER_REFERENCES);
    story()
        .cached(&live)
        .opened(template)
        .read(Some(live))
        .then("synced");
}

#[test]
fn an_immutable_secret_is_reported_only_when_its_items_would_change() {
    let mut live = owned(stored(&[("a", "1")]));
    live.immutable = Some(true);
    let opened = |items| {
        story()
            .cached(&live)
            .opened(secret(items))
            .read(Some(live.clone()))
    };
    opened(&[("a", "1")]).then("synced");
    opened(&[("a", "2")]).then("Immutable");
    opened(&[("a", "1"), ("b", "2")]).then("Immutable");
}

#[test]
fn a_secret_that_is_being_deleted_is_waited_for() {
    let mut dying = owned(stored(&[]));
    dying.metadata.deletion_timestamp = Some(Time(jiff::Timestamp::UNIX_EPOCH));
    story().cached(&dying).then("TargetTerminating");
}

#[test]
fn items_that_do_not_open_are_reported_once_and_then_wait() {
    story().failed().then("UnsealFailed");
    story().hopeless().then("rest");
    // What stands in the way is still worth saying.
    story().hopeless().cached(&stored(&[])).then("Unmanaged");
}
