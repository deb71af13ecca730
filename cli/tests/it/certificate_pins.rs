//! `fingerprints` of `.chancery.yaml`: a certificate of another key is refused.

use sealing::Fingerprint;

use crate::sandbox::{Sandbox, secret};
use crate::web_server::{serve, serve_each};

/// A store of that name, and its certificate.
fn store(sandbox: &Sandbox, name: &str) -> (Fingerprint, String) {
    sandbox
        .run(&["keys", "generate", "--local", name, "--bits", "2048"])
        .succeeded();
    let pem = sandbox.run(&["cert", "--local", name]).succeeded().stdout;
    let certificate = sealing::Certificate::from_pem(pem.as_bytes()).unwrap();
    (certificate.fingerprint().clone(), pem)
}

fn config(sandbox: &Sandbox, certificate: &str, fingerprint: &Fingerprint) {
    sandbox.write(
        ".chancery.yaml",
        &format!(
            "apiVersion: chancery.dev/v1alpha1\nkind: Config\nclusters:\n- name: production\n  \
             certificate: {certificate}\n  fingerprints:\n  - {fingerprint}\n"
        ),
    );
}

fn seal(sandbox: &Sandbox) -> crate::sandbox::Run {
    sandbox.run_with(&["seal", "-w", "sealed.yaml"], &secret("shop", "db"))
}

#[test]
fn another_key_is_refused_with_what_to_check_and_how_to_accept_it() {
    let sandbox = Sandbox::new();
    let (old, _) = store(&sandbox, "old");
    let (new, pem) = store(&sandbox, "new");
    sandbox.write("certs/production.pem", &pem);
    config(&sandbox, "certs/production.pem", &old);
    seal(&sandbox).failed(
        1,
        &[
            "the certificate of cluster `production` (`certs/production.pem`) is not of a pinned key",
            new.as_str(),
            old.as_str(),
            "`clusters[0].fingerprints` in `.chancery.yaml` (line 6)",
            "was the key of `production` renewed?",
            "chancery cert --cluster production -o text",
        ],
    );
    assert!(!sandbox.path("sealed.yaml").exists());

    // What the message says to do.
    let shown = sandbox
        .run(&["cert", "--cluster", "production", "-o", "text"])
        .succeeded();
    assert!(shown.stdout.contains(new.as_str()) && shown.stdout.contains("pinned       no"));
    assert!(
        shown.stderr.contains("is not of a pinned key"),
        "{}",
        shown.stderr
    );
    let pin = sandbox
        .run(&["cert", "--cluster", "production", "--pin"])
        .succeeded()
        .stdout;
    assert!(pin.ends_with(&format!("fingerprints: [\"{new}\"]\n")), "{pin}");
    config(&sandbox, "certs/production.pem", &new);
    seal(&sandbox).succeeded();
    sandbox
        .run(&["unseal", "sealed.yaml", "--local", "new"])
        .succeeded();
}

#[test]
fn the_pem_of_another_key_is_not_given_out() {
    let sandbox = Sandbox::new();
    let (old, _) = store(&sandbox, "old");
    let (_, pem) = store(&sandbox, "new");
    sandbox.write("new.pem", &pem);
    config(&sandbox, "new.pem", &old);
    sandbox.run(&["cert"]).failed(1, &["is not of a pinned key"]);
    sandbox
        .run(&["cert", "-w", "out.pem"])
        .failed(1, &["is not of a pinned key"]);
    assert!(!sandbox.path("out.pem").exists());
}

#[test]
fn a_certificate_of_another_key_is_neither_kept_nor_taken_from_the_cache() {
    let sandbox = Sandbox::new();
    let (old, old_pem) = store(&sandbox, "old");
    let (new, new_pem) = store(&sandbox, "new");
    let server = serve_each(vec![
        ("200 OK", new_pem.clone()),
        ("200 OK", old_pem),
        ("200 OK", new_pem),
    ]);
    let url = server.url.clone();
    config(&sandbox, &url, &old);
    // Someone answers in its place: that is refused, and forgotten.
    seal(&sandbox).failed(1, &["is not of a pinned key"]);
    assert!(!sandbox.path(".cache").exists());
    seal(&sandbox).succeeded();
    // The pin is changed within the hour: what is in the cache is of the old key.
    config(&sandbox, &url, &new);
    seal(&sandbox).succeeded();
    server.ended();
    sandbox
        .run(&["unseal", "sealed.yaml", "--local", "new"])
        .succeeded();
    // Nothing to be had but what is not pinned.
    config(&sandbox, &url, &old);
    seal(&sandbox).failed(
        1,
        &[
            "cannot get the certificate of cluster `production`",
            "cannot fetch",
        ],
    );
}

#[test]
fn pins_hold_for_a_flag_that_names_the_cluster_and_not_for_one_that_does_not() {
    let sandbox = Sandbox::new();
    let (old, pem) = store(&sandbox, "old");
    sandbox.write("old.pem", &pem);
    let (_, pem) = store(&sandbox, "new");
    sandbox.write("new.pem", &pem);
    config(&sandbox, "old.pem", &old);
    let with = |cert: &str| sandbox.run_with(&["seal", "--cert", cert], &secret("shop", "db"));
    with("production=new.pem").failed(1, &["is not of a pinned key"]);
    with("production=old.pem").succeeded();
    with("new.pem").succeeded();
}

#[test]
fn over_plain_http_a_pin_is_needed() {
    let sandbox = Sandbox::new();
    let (fingerprint, pem) = store(&sandbox, "store");
    let url = serve("200 OK", "", pem);
    config(&sandbox, &url, &fingerprint);
    seal(&sandbox).succeeded();
    let text = sandbox.read(".chancery.yaml");
    let without = text.split("  fingerprints").next().unwrap();
    sandbox.write(".chancery.yaml", without);
    seal(&sandbox).failed(
        1,
        &[
            "`clusters[0].certificate` (line 5)",
            "plain http can be exchanged on the way",
        ],
    );
    // What the message says to do.
    let pin = sandbox.run(&["cert", "--cert", &url, "--pin"]).succeeded().stdout;
    assert_eq!(pin, format!("fingerprints: [\"{fingerprint}\"]\n"));
}
