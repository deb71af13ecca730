//! The OpenAPI schema of a SealedSecret.
//!
//! Written out instead of derived: it must stay equal to the schema of upstream's CRD for every field
//! that upstream has (`preserve-unknown-fields` here, `nullable` there), or a swap of the two CRDs would
//! drop or refuse fields of stored objects.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceValidation, JSONSchemaProps,
};
use serde_json::{Value, json};

/// Returns the schema of the whole object.
pub(super) fn validation() -> CustomResourceValidation {
    let schema: JSONSchemaProps =
        serde_json::from_value(object()).expect("the literal below is an OpenAPI schema");
    CustomResourceValidation {
        open_api_v3_schema: Some(schema),
    }
}

fn object() -> Value {
    json!({
        "description": "A Secret whose values only the cluster's controller can read.",
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": {
                "description": "Version of this representation of the object.",
                "type": "string",
            },
            "kind": { "description": "Kind of the object.", "type": "string" },
            "metadata": { "type": "object" },
            "spec": spec(),
            "status": status(),
        },
    })
}

fn strings() -> Value {
    json!({ "type": "object", "additionalProperties": { "type": "string" } })
}

fn spec() -> Value {
    json!({
        "description": "The sealed values and what the Secret is like besides them.",
        "type": "object",
        "required": ["encryptedData"],
        "properties": {
            "data": {
                "description": "The whole Secret as one item. Deprecated: use encryptedData.",
                "type": "string",
                "format": "byte",
            },
            "encryptedData": {
                "description": "Sealed items, base64, by key of the Secret.",
                "type": "object",
                "additionalProperties": { "type": "string" },
                "x-kubernetes-preserve-unknown-fields": true,
            },
            "template": {
                "description": "What the Secret is like besides its sealed values.",
                "type": "object",
                "properties": {
                    "data": {
                        "description": "Go templates by key, rendered with the opened items. Null leaves an item out of \
                                        the Secret.",
                        "type": "object",
                        // Upstream's has no `nullable` here, so its nulls never reach the controller: the API server
                        // takes them out of what it stores.
                        "additionalProperties": { "type": "string", "nullable": true },
                        "nullable": true,
                    },
                    "immutable": {
                        "description": "Whether the Secret's values can't be changed once it exists.",
                        "type": "boolean",
                    },
                    "metadata": {
                        "description": "Metadata of the Secret; name and namespace are the SealedSecret's.",
                        "type": "object",
                        "nullable": true,
                        "x-kubernetes-preserve-unknown-fields": true,
                        "properties": {
                            "annotations": strings(),
                            "finalizers": { "type": "array", "items": { "type": "string" } },
                            "labels": strings(),
                            "name": { "type": "string" },
                            "namespace": { "type": "string" },
                        },
                    },
                    "type": { "description": "Type of the Secret.", "type": "string" },
                },
            },
        },
    })
}

fn status() -> Value {
    json!({
        "description": "What the controller last saw and did.",
        "type": "object",
        // Without it kstatus calls an object ready that no controller has seen.
        "default": { "observedGeneration": -1 },
        "properties": {
            "conditions": {
                "description": "Synced first, then Ready, then Reconciling or Stalled while they are true.",
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["status", "type"],
                    "properties": {
                        "lastTransitionTime": {
                            "description": "When the status last changed.",
                            "type": "string",
                            "format": "date-time",
                        },
                        "lastUpdateTime": {
                            "description": "Written by other controllers; not by Chancery.",
                            "type": "string",
                            "format": "date-time",
                        },
                        "message": { "description": "A sentence for people.", "type": "string" },
                        "observedGeneration": {
                            "description": "Generation that the condition speaks of.",
                            "type": "integer",
                            "format": "int64",
                        },
                        "reason": { "description": "One word for programs.", "type": "string" },
                        "status": { "description": "True, False or Unknown.", "type": "string" },
                        "type": { "description": "Name of the condition.", "type": "string" },
                    },
                },
            },
            "observedGeneration": {
                "description": "Generation that the status speaks of; -1 until it was first seen.",
                "type": "integer",
                "format": "int64",
            },
            "unsealed": {
                "description": "What was opened last; a restart with nothing changed opens nothing.",
                "type": "object",
                "properties": {
                    "items": {
                        "description": "How many items each key opened, by its fingerprint.",
                        "type": "object",
                        "additionalProperties": { "type": "integer", "format": "int64" },
                    },
                    "keys": {
                        "description": "Fingerprints of the keys that opened the items.",
                        "type": "array",
                        "items": { "type": "string" },
                    },
                    "secretResourceVersion": {
                        "description": "Resource version of the Secret as it was written.",
                        "type": "string",
                    },
                    "secretUid": { "description": "UID of that Secret.", "type": "string" },
                    "spec": { "description": "SHA-256 of the spec and the scope.", "type": "string" },
                },
            },
        },
    })
}
