//! What flags, templates and malformed objects change.

use api::sealed_secret::SecretTemplate;

use super::*;

impl Story {
    fn malformed(mut self) -> Self {
        self.0.malformed = Some("`spec.encryptedData.a`: expected a string".into());
        self
    }

    fn choosing(mut self, choose: impl FnOnce(&mut Behaviour)) -> Self {
        choose(Arc::make_mut(&mut self.0.behaviour));
        self
    }

    fn deprecated(mut self) -> Self {
        Arc::make_mut(&mut self.0.sealed).spec.data = Some("AgA=".to_owned());
        self
    }

    fn templated(mut self) -> Self {
        Arc::make_mut(&mut self.0.sealed).spec.template = Some(SecretTemplate {
            data: Some([("b".to_owned(), Some("{{ uuidv4 }}".to_owned()))].into()),
            ..SecretTemplate::default()
        });
        self
    }
}

#[test]
fn a_malformed_object_is_reported_and_its_secret_left_alone() {
    story().malformed().then("Malformed");
    let secret = owned(stored(&[("a", "1")]));
    story().malformed().cached(&secret).then("Malformed");
    story().malformed().deleting().then("rest");
}

#[test]
fn the_deprecated_format_opens_unless_a_flag_says_no() {
    story().deprecated().then("open");
    let refuse = |behaviour: &mut Behaviour| behaviour.accepts_deprecated = false;
    story().deprecated().choosing(refuse).then("UnsealFailed");
    story().choosing(refuse).then("open");
    // One that was opened before is not excepted.
    let secret = owned(stored(&[]));
    let opened_before = story().deprecated().recorded(DIGEST, "7").cached(&secret);
    opened_before.choosing(refuse).then("UnsealFailed");
}

#[test]
fn a_deleted_secret_is_made_again_unless_a_flag_says_no() {
    let leave = |behaviour: &mut Behaviour| behaviour.recreates = false;
    story().recorded(DIGEST, "7").then("open");
    let gone = |story: Story| story.choosing(leave).read(None);
    gone(story().recorded(DIGEST, "7")).then("rest");
    gone(story().synced_by_upstream(2)).then("rest");
    // It never was there, or it was another document's.
    gone(story()).then("open");
    gone(story().recorded("another", "7")).then("open");
}

#[test]
fn where_secrets_are_not_watched_each_is_read_and_one_that_others_changed_is_left_alone() {
    let leave = |behaviour: &mut Behaviour| behaviour.recreates = false;
    story().choosing(leave).then("read");
    story().recorded(DIGEST, "7").choosing(leave).then("read");
    let there = |story: Story, secret: &Secret| story.choosing(leave).read(Some(secret.clone()));
    let ours = owned(stored(&[("a", "1")]));
    there(story().recorded(DIGEST, "7"), &ours).then("synced");
    let synced = || story().synced_by_upstream(2);
    there(synced().recorded(DIGEST, "6"), &ours).then("rest");
    there(story().recorded(DIGEST, "6"), &ours).then("open");
    there(synced().recorded("another", "6"), &ours).then("open");
    there(story().synced_by_upstream(2), &ours).then("open");
    // One in the way is said to be so, and one that is handed over is taken.
    let foreign = stored(&[("a", "1")]);
    there(synced().recorded(DIGEST, "6"), &foreign).then("Unmanaged");
    let handed_over = annotated(foreign, names::MANAGED);
    there(synced().recorded(DIGEST, "6"), &handed_over).then("open");
}

#[test]
fn the_secret_is_read_before_templates_are_rendered() {
    let secret = owned(stored(&[("b", "kept")]));
    story().templated().then("open");
    story().templated().cached(&secret).then("read");
    let read = story().templated().cached(&secret).read(Some(secret.clone()));
    read.then("open");
    story().cached(&secret).then("open");
}

#[test]
fn a_value_counts_as_the_documents_only_in_a_secret_that_is_its() {
    let check = |story: Story, expected| assert_eq!(is_of_this_document(&story.0), expected);
    let ours = owned(stored(&[]));
    check(story().recorded(DIGEST, "7").cached(&ours), true);
    check(story().synced_by_upstream(2).cached(&ours), true);
    check(story().synced_by_upstream(1).cached(&ours), false);
    // A pass that failed has written over what upstream's controller said.
    let mut failed = story().cached(&ours);
    failed.0.adopted = true;
    check(failed, true);
    let mut changed = story().recorded("another", "7").cached(&ours);
    changed.0.adopted = true;
    check(changed, false);
    check(story().recorded("another", "7").cached(&ours), false);
    check(story().recorded(DIGEST, "7"), false);
    let managed = annotated(stored(&[]), names::MANAGED);
    check(story().recorded(DIGEST, "7").cached(&managed), false);
}

#[test]
fn a_patched_secret_keeps_its_type_whatever_the_template_says() {
    let foreign = annotated(stored(&[("their", "value")]), names::PATCH);
    let mut wanted = secret(&[("a", "1")]);
    wanted.type_ = Some("kubernetes.io/tls".to_owned());
    let patched = story()
        .cached(&foreign)
        .opened(wanted)
        .read(Some(foreign))
        .then("replace, synced")
        .unwrap();
    assert_eq!(patched.type_.as_deref(), Some("Opaque"));
}
