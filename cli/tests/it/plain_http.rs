//! A certificate that anyone on the way could have exchanged.

use crate::sandbox::{Sandbox, secret};
use crate::web_server::serve;

const WORDS: &str = "anyone in between can choose the key";

/// A sandbox with `store`, its fingerprint, and the address where its certificate is.
fn served() -> (Sandbox, String, String) {
    let sandbox = Sandbox::with_store();
    let pem = sandbox.run(&["cert", "--local", "store"]).succeeded().stdout;
    let certificate = sealing::Certificate::from_pem(pem.as_bytes()).unwrap();
    let fingerprint = certificate.fingerprint().to_string();
    (sandbox, fingerprint, serve("200 OK", "", pem))
}

#[test]
fn what_nothing_pins_is_warned_about_wherever_it_is_used() {
    let (sandbox, fingerprint, url) = served();
    sandbox.write("secret.yaml", &secret("shop", "db"));
    for arguments in [
        ["seal", "secret.yaml", "--cert", &url, "-w", "sealed.yaml"].as_slice(),
        // From the cache too.
        &["seal", "secret.yaml", "--cert", &url],
        &["seal", "secret.yaml", "--cert", &url, "--into", "sealed.yaml"],
        &["cert", "--cert", &url],
        &["cert", "--cert", &url, "-o", "text"],
    ] {
        let run = sandbox.run(arguments).succeeded();
        assert!(
            run.stderr.contains(WORDS) && run.stderr.contains(&fingerprint),
            "{arguments:?}: {}",
            run.stderr
        );
        assert_eq!(
            run.stderr.matches(WORDS).count(),
            1,
            "{arguments:?}: {}",
            run.stderr
        );
    }
    let arguments = ["item", "set", "sealed.yaml", "other", "--cert", &url];
    let run = sandbox.run_with(&arguments, "x").succeeded();
    assert!(run.stderr.contains(WORDS), "{}", run.stderr);
}

#[test]
fn what_is_pinned_is_not_warned_about() {
    let (sandbox, fingerprint, url) = served();
    sandbox.write(
        ".chancery.yaml",
        &format!(
            "apiVersion: chancery.dev/v1alpha1\nkind: Config\nclusters:\n- {{name: a, certificate: '{url}', \
             fingerprints: ['{fingerprint}']}}\n"
        ),
    );
    for arguments in [
        ["seal"].as_slice(),
        &["cert"],
        &["seal", "--cert", &format!("a={url}")],
    ] {
        let run = sandbox.run_with(arguments, &secret("shop", "db")).succeeded();
        assert_eq!(run.stderr, "", "{arguments:?}");
    }
}
