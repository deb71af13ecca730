//! What holds for every input, one function each. libFuzzer calls them with what it finds (`cargo xtask soak fuzz`),
//! the tests of `manifests` with the files of `testdata/`, so that they hold at every commit.

mod documents;
mod edit;
mod item;
mod keys;
mod scope;
mod template;

pub use self::documents::documents;
pub use self::edit::edit;
pub use self::item::item;
pub use self::keys::keys;
pub use self::scope::scope;
pub use self::template::template;

/// The shortest text that counts as something to hide; shorter ones are in many messages by chance.
const SECRET: usize = 24;

/// Asserts that a message quotes no line of a PEM block and no value of a Secret that is in what it is about.
fn hides_values(message: &str, input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let blocks = text.split("-----BEGIN").skip(1);
    let lines = blocks.flat_map(|block| block.split("-----END").next().unwrap_or_default().lines().skip(1));
    let lines = lines.map(|line| line.trim().to_owned());
    // The fuzzer learns our own words, so only what could be base64 counts.
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_secret = |text: &String| text.len() >= SECRET && text.bytes().all(base64);
    for secret in lines.chain(values(input)).filter(is_secret) {
        // What stands twice may be a name too.
        if text.matches(&secret).count() == 1 {
            assert!(!message.contains(&secret), "a message quotes a value");
        }
    }
}

/// The values of the Secrets in a text.
fn values(input: &[u8]) -> Vec<String> {
    let documents = manifests::documents::read("input", input).unwrap_or_default();
    let maps = documents
        .iter()
        .flat_map(|document| ["data", "stringData"].map(|field| document.value.get(field)));
    let values = maps
        .flatten()
        .filter_map(|map| map.as_object())
        .flat_map(|map| map.values());
    values
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}
