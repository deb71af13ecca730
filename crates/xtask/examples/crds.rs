//! Prints the CRD manifests as one JSON object, file name to text; `cargo xtask crds` writes and checks them.
//!
//! It is an example so that `cargo xtask` itself can be built while the types do not compile.

use std::collections::BTreeMap;
use std::io::Write;

fn main() -> anyhow::Result<()> {
    let mut files = BTreeMap::new();
    for crd in api::crds::all() {
        files.insert(api::crds::file_name(&crd), manifests::yaml::to_string(&crd)?);
    }
    let mut output = std::io::stdout().lock();
    serde_json::to_writer(&mut output, &files)?;
    output.flush()?;
    Ok(())
}
