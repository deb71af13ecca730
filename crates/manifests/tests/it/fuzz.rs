//! The laws that the fuzzer tries to break, held against the files of `testdata/` and against any text.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

#[path = "../../fuzz/laws/mod.rs"]
#[expect(
    unreachable_pub,
    reason = "the fuzzer's programs call them from another crate"
)]
mod laws;

const LAWS: [fn(&[u8]); 6] = [
    laws::item,
    laws::keys,
    laws::documents,
    laws::edit,
    laws::scope,
    laws::template,
];

fn hold(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += hold(&path);
        } else {
            let text = fs::read(&path).unwrap();
            for law in LAWS {
                law(&text);
            }
            files += 1;
        }
    }
    files
}

#[test]
fn they_hold_for_every_file_of_the_test_data() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    for folder in ["crypto", "sealing", "template"] {
        assert!(hold(&root.join(folder)) > 5, "{folder}");
    }
}

proptest! {
    #[test]
    fn they_hold_for_any_bytes(data in proptest::collection::vec(any::<u8>(), 0..200)) {
        for law in LAWS {
            law(&data);
        }
    }
}
