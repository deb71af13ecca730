//! What is deliberately not as upstream does it.

/// Whose program makes the difference.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    CommandLine,
    Controller,
    /// Ours on either side is enough.
    Either,
    /// The words are of both.
    Words,
}

/// A step at which not all pairs are alike.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) step: &'static str,
    pub(super) side: Side,
    /// Why; for who reads the table.
    #[expect(dead_code, reason = "it is read by people, and shown when a test fails")]
    pub(super) because: &'static str,
}

const fn cli(step: &'static str, because: &'static str) -> Difference {
    Difference {
        step,
        side: Side::CommandLine,
        because,
    }
}

const fn either(step: &'static str, because: &'static str) -> Difference {
    Difference {
        step,
        side: Side::Either,
        because,
    }
}

const fn controller(step: &'static str, because: &'static str) -> Difference {
    Difference {
        step,
        side: Side::Controller,
        because,
    }
}

/// Upstream loses them.
const KEPT: &str = "labels and annotations of the template are kept";

/// Upstream's fails at its own Secret.
const OWN: &str = "a Secret that was made without an owner is known again";

pub(super) const DIFFERENCES: &[Difference] = &[
    cli(
        "seal a document that is broken among others",
        "a document is never left out in silence",
    ),
    cli("seal a ConfigMap", "only Secrets are sealed"),
    cli("merge keeps comments", "files are edited, not written anew"),
    cli(
        "merge takes the scope from the file",
        "an item of another scope would not open",
    ),
    cli("merge keeps the format", "a YAML file stays one"),
    cli("validate what is broken", "what can't be read is not valid"),
    cli("re-encrypt what is broken", "the file is left as it was"),
    cli(
        "recovery-unseal names an owner",
        "no API server takes an owner without a uid",
    ),
    cli("seal no such flag", "the message begins as all do"),
    cli("seal no such scope", "the message begins as all do"),
    either("re-encrypt strict", KEPT),
    either("re-encrypt namespace-wide", KEPT),
    either("re-encrypt cluster-wide", KEPT),
    either("re-encrypt in place", KEPT),
    Difference {
        step: "re-encrypt what does not open",
        side: Side::Words,
        because: "the controller's words are shown",
    },
    controller("object skipped: events", OWN),
    controller("object skipped: Synced", OWN),
];
