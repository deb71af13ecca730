//! `--cert` and `--fetch-cert`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use jiff::{SignedDuration, Timestamp};
use sealing::{KeyOptions, KeyPair};

use super::fixture::{Kubeseal, SECRET};
use crate::sandbox::key;
use crate::web_server;

fn pem(not_before: &str, valid_for: SignedDuration) -> String {
    let options = KeyOptions {
        bits: 2048,
        common_name: String::new(),
        not_before: not_before.parse::<Timestamp>().unwrap(),
        valid_for,
    };
    KeyPair::generate(&options).unwrap().certificate.to_pem()
}

#[test]
fn one_that_has_ended_is_refused_by_its_day() {
    let kubeseal = Kubeseal::new();
    let old = key("2020-02-01T10:00:00Z").certificate.to_pem();
    kubeseal.sandbox.write("old.pem", &old);
    kubeseal.run(&["--cert", "old.pem"], SECRET).failed(
        1,
        &[
            "error: failed to encrypt using an expired certificate on February 2, 2020",
            "old.pem",
        ],
    );
    let fetched = kubeseal
        .run(&["--fetch-cert", "--cert", "old.pem"], "")
        .succeeded();
    assert_eq!(fetched.stdout, old);
    assert!(
        fetched.stderr.contains("expired at 2020-02-02"),
        "{}",
        fetched.stderr
    );
}

#[test]
fn one_whose_time_has_not_come_is_taken() {
    let kubeseal = Kubeseal::new();
    let later = pem("2090-01-01T00:00:00Z", SignedDuration::from_hours(24));
    kubeseal.sandbox.write("later.pem", &later);
    kubeseal.run(&["--cert", "later.pem"], SECRET).succeeded();
}

#[test]
fn the_first_certificate_of_a_text_counts() {
    let kubeseal = Kubeseal::new();
    let own = kubeseal.sandbox.read("cert.pem");
    let old = key("2020-02-01T10:00:00Z").certificate.to_pem();
    let both = kubeseal.sandbox.write("both.pem", &format!("# ours\n{own}{old}"));
    let sealed = kubeseal.run(&["--cert", &both], SECRET).succeeded().stdout;
    assert_eq!(
        kubeseal.opened(&sealed)["password"],
        "dHVsaXAtaHVudGVyMi1jYW5hcnk="
    );
    // It is printed as it is, chain and all.
    let fetched = kubeseal.run(&["--cert", &both, "--fetch-cert"], "").succeeded();
    assert_eq!(fetched.stdout, format!("# ours\n{own}{old}"));
    let reversed = kubeseal.sandbox.write("reversed.pem", &format!("{old}{own}"));
    kubeseal
        .run(&["--cert", &reversed], SECRET)
        .failed(1, &["expired certificate"]);
}

#[test]
fn a_text_without_a_certificate_is_refused_and_not_printed() {
    let kubeseal = Kubeseal::new();
    kubeseal.sandbox.write("page.html", "<html>sign in</html>");
    for arguments in [
        ["--cert", "page.html"].as_slice(),
        &["--cert", "page.html", "--fetch-cert"],
    ] {
        kubeseal.run(arguments, SECRET).failed(
            1,
            &[
                "error: data does not contain any valid RSA or ECDSA certificates",
                "page.html",
            ],
        );
    }
}

#[test]
fn a_key_that_is_not_rsa_can_not_seal() {
    let kubeseal = Kubeseal::new();
    let elliptic = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap();
    kubeseal.sandbox.write("ec.pem", &elliptic.cert.pem());
    kubeseal
        .run(&["--cert", "ec.pem"], SECRET)
        .failed(1, &["error: expected RSA public key but found", "ec.pem"]);
}

#[test]
fn a_file_that_is_not_there_is_said_in_gos_words() {
    let kubeseal = Kubeseal::new();
    kubeseal
        .run(&["--cert", "none.pem"], SECRET)
        .failed(1, &["error: open none.pem: no such file or directory"]);
}

#[test]
fn a_certificate_comes_from_file_urls_and_web_servers_that_answer_200() {
    let kubeseal = Kubeseal::new();
    let own = kubeseal.sandbox.read("cert.pem");
    let file = format!("file://{}", kubeseal.sandbox.path("cert.pem").display());
    let good = web_server::serve("200 OK", "", own);
    for named in [&file, &good] {
        kubeseal.run(&["--cert", named], SECRET).succeeded();
    }
    for status in ["404 Not Found", "202 Accepted"] {
        let bad = web_server::serve(status, "", "nothing".to_owned());
        kubeseal.run(&["--cert", &bad], SECRET).failed(
            1,
            &["error: cannot fetch", &bad, status.split(' ').next().unwrap()],
        );
    }
}

/// A proxy that opens a tunnel to no one and answers in it itself.
fn proxy(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let tunnel = "HTTP/1.1 200 Connection established\r\n\r\n".to_owned();
            let length = body.len();
            let page = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
            for answer in [tunnel, page] {
                let lines = BufReader::new(&stream).lines();
                if lines.map_while(Result::ok).any(|line| line.is_empty()) {
                    let _ = stream.write_all(answer.as_bytes());
                }
            }
        }
    });
    format!("http://{address}")
}

#[test]
fn a_proxy_of_the_environment_is_asked_for_it() {
    let kubeseal = Kubeseal::new();
    let proxy = proxy(kubeseal.sandbox.read("cert.pem"));
    let arguments = ["--cert", "http://certs.invalid/cert.pem"];
    let through = kubeseal.run_with(&arguments, SECRET, &[("HTTP_PROXY", &proxy)]);
    assert!(through.succeeded().stdout.contains("SealedSecret"));
    kubeseal
        .run_with(
            &arguments,
            SECRET,
            &[("HTTP_PROXY", &proxy), ("NO_PROXY", "certs.invalid")],
        )
        .failed(1, &["certs.invalid"]);
}

#[test]
fn it_is_asked_for_each_time() {
    let kubeseal = Kubeseal::new();
    let (first, second) = (
        kubeseal.sandbox.read("cert.pem"),
        pem("2020-01-01T00:00:00Z", SignedDuration::from_hours(200_000)),
    );
    let answers = vec![("200 OK", first.clone()), ("200 OK", second.clone())];
    let server = web_server::serve_each(answers);
    for expected in [first, second] {
        let arguments = ["--fetch-cert", "--cert", &server.url];
        assert_eq!(kubeseal.run(&arguments, "").succeeded().stdout, expected);
    }
    server.ended();
}
