//! client-go's flags: what they say counts instead of the kubeconfig.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::json;

use super::cluster::World;

impl World {
    /// Where the API server is and whom it believes, by flags alone.
    fn flags(&self) -> Vec<String> {
        let authority = self.folder.path().join("ca.crt");
        fs::write(&authority, &self.cluster.ca).unwrap();
        let authority = authority.display().to_string();
        let pairs = [
            ("--server", &self.cluster.url),
            ("--token", &self.cluster.token),
            ("--certificate-authority", &authority),
        ];
        pairs
            .iter()
            .flat_map(|(flag, value)| [(*flag).to_owned(), (*value).clone()])
            .collect()
    }

    /// Fetches the certificate through both, with the same outcome; returns ours.
    #[track_caller]
    fn fetch(&self, arguments: &[&str]) -> Option<i32> {
        let [_, ours] = self.run(&[&["--fetch-cert"], arguments].concat(), "", &[]);
        let [theirs, _] = self.run(&[&["--fetch-cert"], arguments].concat(), "", &[]);
        assert_eq!(
            theirs.run.code, ours.run.code,
            "{arguments:?}\n{}\n{}",
            theirs.run.stderr, ours.run.stderr
        );
        assert_eq!(theirs.run.stdout, ours.run.stdout, "{arguments:?}");
        assert!(!ours.run.stderr.contains(&self.cluster.token), "a token is shown");
        ours.run.code
    }
}

#[tokio::test]
async fn flags_alone_reach_the_cluster() {
    let world = World::new().await;
    let flags = world.flags();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    assert_eq!(world.fetch(&flags), Some(0));
    let insecure = [&flags[..4], &["--insecure-skip-tls-verify"]].concat();
    assert_eq!(world.fetch(&insecure), Some(0));
    let unknown_authority = &flags[..4];
    assert_eq!(world.fetch(unknown_authority), Some(1));
    let wrong_name = [&flags[..], &["--tls-server-name", "example.org"]].concat();
    assert_eq!(world.fetch(&wrong_name), Some(1));
    let wrong_token = [&flags[..], &["--token", "wrong"]].concat();
    assert_eq!(world.fetch(&wrong_token), Some(1));
    let no_authority = [&flags[..], &["--certificate-authority", "none.crt"]].concat();
    assert_eq!(world.fetch(&no_authority), Some(1));
}

#[tokio::test]
async fn flags_count_instead_of_the_kubeconfig() {
    let world = World::new().await;
    let good = world.kubeconfig.display().to_string();
    let text = fs::read_to_string(&world.kubeconfig).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&text).unwrap();
    // One context that leads nowhere, beside a cluster and a user that are good.
    for (list, more) in [
        (
            "clusters",
            json!({"name": "nowhere", "cluster": {"server": "https://127.0.0.1:1"}}),
        ),
        ("users", json!({"name": "nobody", "user": {"token": "wrong"}})),
        (
            "contexts",
            json!({"name": "lost", "context": {"cluster": "nowhere", "user": "nobody"}}),
        ),
    ] {
        config[list].as_array_mut().unwrap().push(more);
    }
    config["current-context"] = "lost".into();
    let lost = world.folder.path().join("lost.yaml");
    fs::write(&lost, config.to_string()).unwrap();
    let lost = lost.display().to_string();
    let with =
        |config: &str, arguments: &[&str]| world.fetch(&[&["--kubeconfig", config], arguments].concat());
    assert_eq!(with(&lost, &[]), Some(1));
    assert_eq!(with(&lost, &["--context", "testkit"]), Some(0));
    assert_eq!(
        with(&lost, &["--cluster", "testkit", "--user", "testkit"]),
        Some(0)
    );
    assert_eq!(with(&lost, &["--cluster", "testkit"]), Some(1));
    assert_eq!(
        with(&lost, &["--cluster", "testkit", "--token", &world.cluster.token]),
        Some(0)
    );
    assert_eq!(with(&lost, &["--user", "other"]), Some(1));
    assert_eq!(with(&lost, &["--cluster", "other"]), Some(1));
    assert_eq!(with(&good, &["--server", "https://127.0.0.1:1"]), Some(1));
    assert_eq!(
        with(&good, &["--disable-compression", "--request-timeout", "20s"]),
        Some(0)
    );
    assert_eq!(with(&good, &["--request-timeout", "soon"]), Some(1));
    assert_eq!(with(&good, &["--as", "nobody"]), Some(1));
    assert_eq!(
        with(&good, &["--as", "nobody", "--as-group", "system:masters"]),
        Some(0)
    );
    let several = [
        "--as",
        "nobody",
        "--as-uid",
        "7",
        "--as-group",
        "a",
        "--as-group",
        "system:masters",
    ];
    assert_eq!(with(&good, &several), Some(0));
}

/// A proxy that opens tunnels, and counts them.
fn tunnels() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counter = Arc::clone(&counter);
            thread::spawn(move || tunnel(stream, &counter));
        }
    });
    (address, count)
}

fn tunnel(mut client: TcpStream, counter: &AtomicUsize) -> Option<()> {
    let mut lines = BufReader::new(client.try_clone().ok()?)
        .lines()
        .map_while(Result::ok);
    let target = lines
        .next()?
        .strip_prefix("CONNECT ")?
        .split(' ')
        .next()?
        .to_owned();
    lines.find(String::is_empty)?;
    let mut server = TcpStream::connect(target).ok()?;
    counter.fetch_add(1, Ordering::SeqCst);
    client
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .ok()?;
    let (mut from, mut to) = (client.try_clone().ok()?, server.try_clone().ok()?);
    thread::spawn(move || io::copy(&mut from, &mut to));
    io::copy(&mut server, &mut client).ok().map(drop)
}

#[tokio::test]
async fn a_proxy_stands_between_where_the_flag_or_the_kubeconfig_says_so() {
    let world = World::new().await;
    let config = world.kubeconfig.display().to_string();
    let (proxy, count) = tunnels();
    let asked = |arguments: &[&str], environment: &[(&str, &str)]| {
        let before = count.load(Ordering::SeqCst);
        let [_, ours] = world.alike(&[&["--fetch-cert"], arguments].concat(), "", environment);
        assert_eq!(ours.run.code, Some(0), "{}", ours.run.stderr);
        count.load(Ordering::SeqCst) - before
    };
    // Each of the two programs opens at least one.
    assert!(asked(&["--kubeconfig", &config, "--proxy-url", &proxy], &[]) >= 2);
    let mut with_proxy: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&world.kubeconfig).unwrap()).unwrap();
    with_proxy["clusters"][0]["cluster"]["proxy-url"] = proxy.as_str().into();
    let file = world.folder.path().join("proxy.yaml");
    fs::write(&file, with_proxy.to_string()).unwrap();
    assert!(asked(&["--kubeconfig", &file.display().to_string()], &[]) >= 2);
    // This machine is never asked for through the environment's.
    assert_eq!(asked(&["--kubeconfig", &config], &[("HTTPS_PROXY", &proxy)]), 0);
    assert_eq!(
        asked(
            &["--kubeconfig", &config],
            &[("HTTPS_PROXY", "http://127.0.0.1:1")]
        ),
        0
    );
}
