//! What an object shows by itself.

use api::names::SEALED_WITH;
use jiff::Timestamp;
use manifests::documents::Document;
use manifests::opening::DEPRECATED_ITEM;
use manifests::verify;
use sealing::Fingerprint;
use serde::Serialize;
use serde_json::Value;

/// What is said of one SealedSecret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inspection {
    pub(super) file: String,
    pub(super) document: usize,
    pub(super) line: usize,
    pub(super) name: Option<String>,
    /// Its own, else the one it gets.
    pub(super) namespace: Option<String>,
    pub(super) scope: String,
    pub(super) template: TemplateFacts,
    /// The keys that its hint names.
    pub(super) hint: Vec<String>,
    /// The key that would be sealed with now, where that is known.
    pub(super) newest: Option<String>,
    /// Number of the items that `reseal` would change; `None` if that is not known of each.
    pub(super) reseal_changes: Option<usize>,
    pub(super) items: Vec<ItemFacts>,
}

/// What the Secret is like besides its values: names alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TemplateFacts {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) immutable: bool,
    pub(super) labels: Vec<String>,
    pub(super) annotations: Vec<String>,
    /// Keys of the templates in `spec.template.data`.
    pub(super) data: Vec<String>,
    /// Items that the Secret does not get: their keys are `null` in `spec.template.data`.
    pub(super) left_out: Vec<String>,
}

/// One item.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ItemFacts {
    pub(super) item: String,
    /// Length of the value.
    pub(super) bytes: Option<usize>,
    /// Size of the key that it is sealed with.
    pub(super) rsa_bits: Option<usize>,
    /// Why it is no item.
    pub(super) problem: Option<String>,
    /// The key that it is sealed with.
    pub(super) key: Option<String>,
    /// Who says so.
    pub(super) told_by: Option<ToldBy>,
    /// From when on the certificate of that key is valid.
    pub(super) key_created: Option<Timestamp>,
    pub(super) reseal: Change,
}

/// Who says which key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ToldBy {
    /// The annotation of the object, which nothing proves.
    Hint,
    /// The item was opened with it.
    Opened,
}

/// What `reseal` would do with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Change {
    /// It is on the newest key.
    Stays,
    /// It would be sealed again.
    Changes,
    /// It doesn't open, so nothing.
    Fails,
    /// Its key, or the newest, is not known.
    Unknown,
}

impl Inspection {
    /// Without the keys of the items, but for what the hint says.
    pub(super) fn new(document: &Document, namespace: Option<&str>) -> Self {
        let value = &document.value;
        let hint = value
            .pointer("/metadata/annotations")
            .and_then(|all| all.get(SEALED_WITH)?.as_str());
        let hint: Vec<String> = hint
            .into_iter()
            .flat_map(|hint| hint.split(','))
            .filter_map(|word| word.trim().parse::<Fingerprint>().ok())
            .map(|key| key.to_string())
            .collect();
        // Of several keys it doesn't say which item is whose.
        let told = match hint.as_slice() {
            [one] => Some(one),
            _ => None,
        };
        let encrypted = value.pointer("/spec/encryptedData").and_then(Value::as_object);
        let mut items: Vec<ItemFacts> = encrypted
            .into_iter()
            .flatten()
            .map(|(key, item)| ItemFacts::new(key, item, told))
            .collect();
        if let Some(item) = value.pointer("/spec/data").filter(|item| !item.is_null()) {
            items.push(ItemFacts::new(DEPRECATED_ITEM, item, told));
        }
        Self {
            file: document.file.clone(),
            document: document.index,
            line: document.line,
            name: document.name().map(str::to_owned),
            namespace: document
                .namespace()
                .filter(|own| !own.is_empty())
                .or(namespace)
                .map(str::to_owned),
            scope: verify::scope(document).to_string(),
            template: TemplateFacts::new(value),
            hint,
            newest: None,
            reseal_changes: None,
            items,
        }
    }
}

impl TemplateFacts {
    fn new(value: &Value) -> Self {
        let template = value.pointer("/spec/template").unwrap_or(&Value::Null);
        let entries = |path: &str| {
            template
                .pointer(path)
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
        };
        let keys = |path: &str| entries(path).map(|(key, _)| key.clone()).collect();
        let data = |is_null: bool| {
            let chosen = entries("/data").filter(|(_, value)| value.is_null() == is_null);
            chosen.map(|(key, _)| key.clone()).collect()
        };
        Self {
            kind: template["type"]
                .as_str()
                .filter(|kind| !kind.is_empty())
                .map(str::to_owned),
            immutable: template["immutable"] == true,
            labels: keys("/metadata/labels"),
            annotations: keys("/metadata/annotations"),
            data: data(false),
            left_out: data(true),
        }
    }
}

impl ItemFacts {
    fn new(key: &str, item: &Value, told: Option<&String>) -> Self {
        let size = match item.as_str() {
            Some(text) => verify::item_size(text),
            None => Err("the item is not a text".to_owned()),
        };
        let told = told.filter(|_| size.is_ok());
        Self {
            item: key.to_owned(),
            bytes: size.as_ref().ok().map(|size| size.value_len),
            rsa_bits: size.as_ref().ok().map(|size| size.modulus_len * 8),
            problem: size.err(),
            key: told.cloned(),
            told_by: told.map(|_| ToldBy::Hint),
            key_created: None,
            reseal: Change::Unknown,
        }
    }
}
