//! Every mode of the command line.

use manifests::documents;
use sealing::{Label, Scope};
use serde_json::Value;

use super::Seen;
use super::world::{Ended, World, without_null};

const SCOPES: [Scope; 3] = [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide];

const ITEMS: &str = "type: example.com/typed\nimmutable: true\ndata:\n  bytes: AAECAwD/\nstringData:\n  empty: ''\n  \
    text: open sesame\n";

const LABELLED: &str = "  labels: {team: a}\n  annotations: {note: kept, kubectl.kubernetes.io/last-applied-configuration: '{}'}\n";

pub(super) async fn seen(world: &World) -> Seen {
    let mut seen = Seen::new();
    seal(world, &mut seen).await;
    refused(world, &mut seen).await;
    raw(world, &mut seen).await;
    merge(world, &mut seen).await;
    validate(world, &mut seen).await;
    re_encrypt(world, &mut seen).await;
    recover(world, &mut seen).await;
    seen
}

/// The objects of a text, each with its items opened.
fn objects(world: &World, text: &str) -> String {
    let found = documents::read("output", text.as_bytes()).unwrap();
    let objects = found.iter().map(|document| world.opened(document.value.clone()));
    objects.collect::<Vec<_>>().join("\n")
}

/// How a command ended that printed objects.
fn printed(world: &World, ended: &Ended) -> String {
    match ended.code {
        Some(0) => objects(world, &ended.stdout),
        _ => failed(world, ended),
    }
}

/// Exit code and what was said, without the place that our command line adds behind kubeseal's words.
fn failed(world: &World, ended: &Ended) -> String {
    let said = |line: &&str| line.starts_with("error") || ended.code == Some(2);
    let line = ended.stderr.lines().find(said).unwrap_or_default();
    let words = line.split(": <stdin>, document").next().unwrap_or_default();
    world.plain(&format!("exit {:?}: {words}", ended.code))
}

async fn seal(world: &World, seen: &mut Seen) {
    let secret = world.secret("app", &format!("{LABELLED}{ITEMS}"));
    for scope in SCOPES {
        for format in ["json", "yaml"] {
            let ended = world
                .run(
                    &["--cert=cert.pem", "--scope", scope.as_str(), "-o", format],
                    &secret,
                )
                .await;
            seen.insert(format!("seal {scope} {format}"), printed(world, &ended));
        }
    }
    let ended = world.run(&[], &secret).await;
    seen.insert(
        "seal with the controller's certificate".into(),
        printed(world, &ended),
    );
    let ended = world.run(&["--cert=cert.pem", "--name=other"], &secret).await;
    seen.insert("seal under another name".into(), printed(world, &ended));
    let annotated = secret.replace(
        "note: kept,",
        "note: kept, sealedsecrets.bitnami.com/cluster-wide: 'true',",
    );
    let ended = world
        .run(&["--cert=cert.pem", "--scope=strict"], &annotated)
        .await;
    seen.insert("seal with a scope by annotation".into(), printed(world, &ended));
    let two = format!("{secret}---\n{}", world.secret("second", "data: {a: Yg==}\n"));
    let ended = world.run(&["--cert=cert.pem", "-o=yaml"], &two).await;
    seen.insert("seal two documents".into(), printed(world, &ended));
    world.write("in.yaml", &secret);
    let ended = world
        .run(
            &["--cert=cert.pem", "-f", "in.yaml", "-w", "out.yaml", "-o=json"],
            "",
        )
        .await;
    assert_eq!(ended.stdout, "");
    seen.insert("seal to a file".into(), objects(world, &world.read("out.yaml")));
}

async fn refused(world: &World, seen: &mut Seen) {
    let good = world.secret("app", ITEMS);
    let unnamed = good.replace("  name: app\n", "");
    let empty = world.secret("app", "");
    let broken = format!(
        "{good}---\nkind: [\n---\n{}",
        world.secret("second", "data: {a: Yg==}\n")
    );
    let map = good
        .replace("kind: Secret", "kind: ConfigMap")
        .replace("AAECAwD/", "AAEC");
    for (name, arguments, input) in [
        ("no name", &["--cert=cert.pem"][..], &unnamed),
        ("no data", &["--cert=cert.pem"], &empty),
        (
            "no data, allowed",
            &["--cert=cert.pem", "--allow-empty-data"],
            &empty,
        ),
        ("nothing", &["--cert=cert.pem"], &String::new()),
        (
            "another namespace",
            &["--cert=cert.pem", "-n", "elsewhere"],
            &good,
        ),
        ("another format", &["--cert=cert.pem", "-o", "xml"], &good),
        ("no such certificate", &["--cert=none.pem"], &good),
        ("no such scope", &["--cert=cert.pem", "--scope=wide"], &good),
        ("no such flag", &["--certificate=cert.pem"], &good),
        (
            "a document that is broken among others",
            &["--cert=cert.pem"],
            &broken,
        ),
        ("a ConfigMap", &["--cert=cert.pem"], &map),
        (
            "an input file that is not there",
            &["--cert=cert.pem", "-f", "none.yaml"],
            &good,
        ),
        (
            "a file without --raw",
            &["--cert=cert.pem", "--from-file=in.yaml"],
            &good,
        ),
    ] {
        let ended = world.run(arguments, input).await;
        seen.insert(format!("seal {name}"), printed(world, &ended));
    }
}

async fn raw(world: &World, seen: &mut Seen) {
    let namespace = world.namespace.name();
    for scope in SCOPES {
        let ended = world
            .run(
                &[
                    "--raw",
                    "--cert=cert.pem",
                    "-n",
                    namespace,
                    "--name=app",
                    "--scope",
                    scope.as_str(),
                ],
                "open sesame",
            )
            .await;
        assert!(!ended.stdout.ends_with('\n'));
        let label = Label::new(scope, namespace, "app");
        seen.insert(format!("raw {scope}"), world.held(&ended.stdout, &label));
    }
    let ended = world
        .run(&["--raw", "--cert=cert.pem", "-n", namespace], "x")
        .await;
    seen.insert("raw without a name".into(), failed(world, &ended));
}

/// Seals with one of the certificates, by this pair's command line.
async fn sealed(world: &World, name: &str, certificate: &str, more: &[&str]) -> String {
    let secret = world.secret(name, &format!("{LABELLED}{ITEMS}"));
    let certificate = format!("--cert={certificate}");
    let arguments = [&[certificate.as_str(), "-o=yaml"], more].concat();
    let ended = world.run(&arguments, &secret).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended.stdout
}

async fn merge(world: &World, seen: &mut Seen) {
    let more = world.secret(
        "ignored",
        "  labels: {more: b}\n  annotations: {also: c}\nstringData: {added: new, text: changed}\n",
    );
    let text = sealed(world, "app", "cert.pem", &[]).await;
    world.write("merged.yaml", &format!("# A comment.\n{text}"));
    let ended = world
        .run(&["--cert=cert.pem", "-o=yaml", "--merge-into=merged.yaml"], &more)
        .await;
    let merged = world.read("merged.yaml");
    seen.insert(
        "merge into a file".into(),
        match ended.code {
            Some(0) => objects(world, &merged),
            _ => failed(world, &ended),
        },
    );
    seen.insert(
        "merge keeps comments".into(),
        merged.contains("# A comment.").to_string(),
    );
    let wide = sealed(world, "app", "cert.pem", &["--scope=cluster-wide"]).await;
    world.write("wide.yaml", &wide);
    let plain = world.secret("ignored", "  labels: {more: b}\nstringData: {added: new}\n");
    let ended = world
        .run(&["--cert=cert.pem", "--merge-into=wide.yaml"], &plain)
        .await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let merged = world.read("wide.yaml");
    seen.insert(
        "merge takes the scope from the file".into(),
        objects(world, &merged),
    );
    seen.insert(
        "merge keeps the format".into(),
        merged.starts_with('{').to_string(),
    );
}

async fn validate(world: &World, seen: &mut Seen) {
    let good = sealed(world, "app", "cert.pem", &[]).await;
    let ended = world.run(&["--validate"], &good).await;
    seen.insert(
        "validate what opens".into(),
        format!("{:?} {}{}", ended.code, ended.stdout, ended.stderr),
    );
    let moved = good.replace("name: app", "name: moved");
    let ended = world.run(&["--validate"], &moved).await;
    seen.insert("validate what does not open".into(), failed(world, &ended));
    let ended = world.run(&["--validate"], "kind: [\n").await;
    seen.insert("validate what is broken".into(), failed(world, &ended));
}

async fn re_encrypt(world: &World, seen: &mut Seen) {
    for scope in SCOPES {
        let old = sealed(world, "app", "old.pem", &["--scope", scope.as_str()]).await;
        let ended = world.run(&["--re-encrypt", "-o=yaml"], &old).await;
        seen.insert(format!("re-encrypt {scope}"), printed(world, &ended));
    }
    let old = sealed(world, "app", "old.pem", &[]).await;
    world.write("in-place.yaml", &old);
    let ended = world.run(&["--re-encrypt", "-f", "in-place.yaml"], "").await;
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), ""),
        "{}",
        ended.stderr
    );
    seen.insert(
        "re-encrypt in place".into(),
        objects(world, &world.read("in-place.yaml")),
    );
    world.write("broken.yaml", "kind: [\n");
    let ended = world.run(&["--re-encrypt", "-f", "broken.yaml"], "").await;
    let left = world.read("broken.yaml");
    seen.insert(
        "re-encrypt what is broken".into(),
        format!("{} {left:?}", failed(world, &ended)),
    );
    let moved = old.replace("name: app", "name: moved");
    let ended = world.run(&["--rotate"], &moved).await;
    seen.insert("re-encrypt what does not open".into(), failed(world, &ended));
}

async fn recover(world: &World, seen: &mut Seen) {
    let text = sealed(world, "app", "cert.pem", &[]).await;
    let ended = world
        .run(
            &["--recovery-unseal", "--recovery-private-key=key.pem", "-o=json"],
            &text,
        )
        .await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let mut secret: Value = serde_json::from_str(&ended.stdout).unwrap();
    // kubeseal names an owner without a uid, which no API server takes.
    let owner = secret["metadata"]["ownerReferences"].take();
    seen.insert(
        "recovery-unseal names an owner".into(),
        (!owner.is_null()).to_string(),
    );
    // An empty value is null in Go's JSON; both are read alike.
    if secret["data"]["empty"].is_null() {
        secret["data"]["empty"] = "".into();
    }
    without_null(&mut secret);
    seen.insert("recovery-unseal".into(), world.plain(&secret.to_string()));
    let ended = world.run(&["--recovery-unseal"], &text).await;
    // kubeseal names the items in any order.
    let words = failed(world, &ended);
    let words = words.split(" (").next().unwrap_or_default();
    seen.insert("recovery-unseal without a key".into(), words.to_owned());
}
