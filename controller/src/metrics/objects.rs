//! What the statuses of SealedSecrets say.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::conditions::{READY, SYNCED};
use api::sealed_secret::SealedSecret;

use super::exposition::{Exposition, Kind, number};

/// Reasons that are told apart. Ours are fewer; but whoever may write a status may write anything.
const REASONS: usize = 32;
/// Longest reason; the API's own rules end at 1024.
const REASON: usize = 64;
/// All other reasons.
const OTHER: &str = "Other";
/// Label by which Argo CD and Helm tell what an object belongs to.
const INSTANCE: &str = "app.kubernetes.io/instance";

/// Writes upstream's number of each object's condition `Synced`. It is the only one that upstream's objects have, so that
/// rules which count these series count objects.
pub(super) fn write_conditions(to: &mut Exposition, objects: &[Arc<SealedSecret>]) {
    let mut family = to.family(
        "sealed_secrets_controller_condition_info",
        Kind::Gauge,
        "Condition of a SealedSecret: -1 (false), 0 (unknown), 1 (true).",
    );
    let mut sorted: Vec<&SealedSecret> = objects.iter().map(Arc::as_ref).collect();
    sorted.sort_by_key(|object| {
        (
            object.metadata.namespace.as_deref(),
            object.metadata.name.as_deref(),
        )
    });
    for object in sorted {
        let Some(status) = condition(object, SYNCED).map(|condition| condition.status.as_str()) else {
            continue;
        };
        let instance = object
            .metadata
            .labels
            .as_ref()
            .and_then(|labels| labels.get(INSTANCE));
        let labels = [
            (
                "namespace",
                object.metadata.namespace.as_deref().unwrap_or_default(),
            ),
            ("name", object.metadata.name.as_deref().unwrap_or_default()),
            ("condition", SYNCED),
            (
                "ss_app_kubernetes_io_instance",
                instance.map(String::as_str).unwrap_or_default(),
            ),
        ];
        let value = match status {
            "True" => 1.0,
            "False" => -1.0,
            _ => 0.0,
        };
        family.sample(&labels, value);
    }
}

/// Writes how many objects are not ready, by the reason that their status names.
pub(super) fn write_failing(to: &mut Exposition, objects: &[Arc<SealedSecret>]) {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for object in objects {
        // Upstream's status has only the one condition, and no reason.
        let Some(condition) = condition(object, READY).or_else(|| condition(object, SYNCED)) else {
            continue;
        };
        if condition.status == "True" {
            continue;
        }
        let reason = condition.reason.as_str();
        let is_known = reasons.contains_key(reason) || reasons.len() < REASONS;
        let reason = if is_known && reason.len() <= REASON {
            reason
        } else {
            OTHER
        };
        *reasons.entry(reason).or_default() += 1;
    }
    let mut family = to.family(
        "chancery_secrets_failing_objects",
        Kind::Gauge,
        "SealedSecrets that are not ready, by the reason in their status.",
    );
    for (reason, count) in reasons {
        family.sample(&[("reason", reason)], number(count));
    }
}

fn condition<'a>(object: &'a SealedSecret, kind: &str) -> Option<&'a api::conditions::Condition> {
    let conditions = &object.status.as_ref()?.conditions;
    conditions.iter().find(|condition| condition.type_ == kind)
}
