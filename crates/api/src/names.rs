//! Labels, annotations, finalizers and field managers, by the names that clusters already use.

/// Annotation of a Secret or SealedSecret: any name in the namespace opens it. Only the value `true` counts.
pub const SCOPE_NAMESPACE_WIDE: &str = "sealedsecrets.bitnami.com/namespace-wide";
/// Annotation of a Secret or SealedSecret: it opens anywhere. Wins over [`SCOPE_NAMESPACE_WIDE`].
pub const SCOPE_CLUSTER_WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide";
/// Annotation of an existing Secret: a SealedSecret may take it over.
pub const MANAGED: &str = "sealedsecrets.bitnami.com/managed";
/// Annotation of an existing Secret: a SealedSecret adds its keys and leaves the others.
pub const PATCH: &str = "sealedsecrets.bitnami.com/patch";
/// Annotation of a template: the Secret gets no owner reference.
pub const SKIP_SET_OWNER_REFERENCES: &str = "sealedsecrets.bitnami.com/skip-set-owner-references";
/// Label of the Secrets that hold sealing keys.
pub const SEALING_KEY_LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";
/// Value of [`SEALING_KEY_LABEL`] of a key in use; any other value disables the key.
pub const SEALING_KEY_ACTIVE: &str = "active";
/// Value of [`SEALING_KEY_LABEL`] of an empty Secret that asks for a new key; the leading controller fills it.
pub const SEALING_KEY_REQUESTED: &str = "requested";
/// Value of [`SEALING_KEY_LABEL`] of a request that another request's key answered: the Secret holds nothing.
pub const SEALING_KEY_ANSWERED: &str = "answered";
/// Value of [`SEALING_KEY_LABEL`] of a key that was taken out of use because nothing needs it any more.
pub const SEALING_KEY_RETIRED: &str = "retired";
/// Value of [`SEALING_KEY_LABEL`] of the copy that is kept of a retired key.
pub const SEALING_KEY_ARCHIVED: &str = "archived";
/// Annotation of a request with [`SEALING_KEY_ANSWERED`]: the name of the Secret whose key answered it.
pub const ANSWERED_BY: &str = "chancery.dev/answered-by";
/// Annotation of a copy of a key: the name of the Secret that it was copied from.
pub const COPIED_FROM: &str = "chancery.dev/copied-from";
/// How the annotations begin that cert-manager puts on its Secrets: it replaces their keys in place.
pub const CERT_MANAGER: &str = "cert-manager.io/";
/// Prefix of the names of key Secrets.
pub const SEALING_KEY_PREFIX: &str = "sealed-secrets-key";
/// Type of a Secret that holds a key and its certificate.
pub const TLS_SECRET_TYPE: &str = "kubernetes.io/tls";

/// Annotation of a SealedSecret: fingerprints of the keys that its items were sealed with, with commas
/// between. A hint that saves private-key operations; nothing depends on it.
pub const SEALED_WITH: &str = "chancery.dev/sealed-with";

/// Annotation of a SealedSecret: the values of its template's labels and annotations are templates too. Only the value
/// `true` counts.
pub const TEMPLATE_METADATA: &str = "chancery.dev/template-metadata";
/// Annotation of a Secret: what its values were computed from that would be others at each run, as keyed tags.
pub const KEPT_VALUES: &str = "chancery.dev/kept-values";

/// Annotation in which `kubectl apply` keeps the whole object, values included.
pub const KUBECTL_LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// The same of kubecfg.
pub const KUBECFG_LAST_APPLIED: &str = "kubecfg.ksonnet.io/last-applied-configuration";

/// Field manager of the Secrets that SealedSecrets become.
pub const SECRETS_FIELD_MANAGER: &str = "chancery-secrets";

/// Annotation of a Migration, or of a Database in Git: the hash of the plan that may run. For this hash only, and spent
/// by its run.
pub const APPROVED_PLAN: &str = "chancery.dev/approved-plan";
/// Annotation beside [`APPROVED_PLAN`]: who approved. The admission policy writes the requester's name.
pub const APPROVED_BY: &str = "chancery.dev/approved-by";
/// Annotation of a Migration: the hash of the plan that shall not run.
pub const REJECTED_PLAN: &str = "chancery.dev/rejected-plan";
/// Annotation beside [`REJECTED_PLAN`]: who rejected.
pub const REJECTED_BY: &str = "chancery.dev/rejected-by";
/// Annotation beside [`REJECTED_PLAN`]: why, in the words of who rejected.
pub const REJECTED_REASON: &str = "chancery.dev/rejected-reason";
/// Annotation of a Migration whose run failed: the number of that run, to go on with it once. To do so again the value
/// must change: whatever follows a `/` after the number is for that.
pub const RETRY_RUN: &str = "chancery.dev/retry-run";
/// Annotation of a Database: hazard codes with commas between, or `all`: steps with these hazards are not held.
pub const ALLOW: &str = "chancery.dev/allow";
/// Annotation of a Database: the identity of the server that it may move to, when that is not the one before.
pub const ACCEPT_SERVER: &str = "chancery.dev/accept-server";
/// Annotation of any object: `true` lets it rest; nothing is planned or run for it.
pub const PAUSED: &str = "chancery.dev/paused";
/// Annotation with which Flux asks for a look now, whatever its value.
pub const RECONCILE_REQUESTED: &str = "reconcile.fluxcd.io/requestedAt";

/// Field manager of what the schema controller writes.
pub const SCHEMA_FIELD_MANAGER: &str = "chancery-schema";

/// Label of a Migration: the Database that it is for.
pub const DATABASE_LABEL: &str = "chancery.dev/database";
