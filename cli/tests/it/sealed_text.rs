//! SealedSecrets as people keep them in Git, and what is in them.

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A sealed value: one item, made for `namespace/name` in that scope with the key of the store.
pub(crate) fn item(sandbox: &Sandbox, scope: &str, place: &str, value: &str) -> String {
    let (namespace, name) = place.split_once('/').unwrap();
    let secret = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": {"item": value},
    });
    let seal = ["seal", "--local", "store", "--scope", scope, "-o", "json"];
    let sealed = sandbox.run_with(&seal, &secret.to_string()).succeeded().stdout;
    let sealed: Value = serde_json::from_str(&sealed).unwrap();
    sealed["spec"]["encryptedData"]["item"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The values of the Secrets that a file opens to, by name and key.
pub(crate) fn opened(sandbox: &Sandbox, file: &str) -> Value {
    opened_with(sandbox, file, &["--local", "store"])
}

/// The same with these keys.
pub(crate) fn opened_with(sandbox: &Sandbox, file: &str, keys: &[&str]) -> Value {
    let unseal = [&["unseal", file, "-o", "json"], keys].concat();
    let secrets = sandbox.run(&unseal).succeeded().stdout;
    let secrets = serde_json::Deserializer::from_str(&secrets).into_iter::<Value>();
    let mut values = Value::Null;
    for secret in secrets.map(Result::unwrap) {
        let name = secret["metadata"]["name"].as_str().unwrap();
        for (key, value) in secret["data"].as_object().unwrap() {
            let value = sealing::decode_item(value.as_str().unwrap()).unwrap();
            values[name][key] = String::from_utf8(value).unwrap().into();
        }
    }
    values
}

/// What stands where `old` stood, after every other byte was found to be the same.
#[track_caller]
pub(crate) fn replaced<'a>(before: &str, after: &'a str, old: &str) -> &'a str {
    let (head, tail) = before.split_once(old).unwrap();
    assert!(after.starts_with(head), "before the item:\n{after}");
    assert!(after.ends_with(tail), "behind the item:\n{after}");
    assert!(after.len() >= head.len() + tail.len(), "{after}");
    &after[head.len()..after.len() - tail.len()]
}
