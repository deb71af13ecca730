use std::fs;

use jiff::{SignedDuration, Timestamp};
use sealing::{KeyOptions, KeyPair};

use super::cache::CacheKey;
use super::*;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A certificate that is valid in 2026.
fn certificate() -> Certificate {
    let pair = KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: String::new(),
        not_before: time("2026-01-01T00:00:00Z"),
        valid_for: SignedDuration::from_hours(24 * 365),
    });
    pair.unwrap().certificate
}

#[test]
fn an_end_within_thirty_days_is_warned_about_and_no_other() {
    let certificate = certificate();
    let words = |now: &str| ending(&certificate, time(now));
    assert_eq!(certificate.not_after(), time("2027-01-01T00:00:00Z"));
    assert_eq!(words("2026-12-01T23:59:59Z"), None);
    let said = |now: &str, left: &str| {
        let expected = format!(
            "the certificate of the key {} ends {left}, at 2027-01-01T00:00:00Z",
            certificate.fingerprint()
        );
        assert_eq!(words(now), Some(expected), "{now}");
    };
    said("2026-12-02T00:00:00Z", "in 30 days");
    said("2026-12-30T12:00:00Z", "in 36 h");
    said("2026-12-31T23:30:00Z", "in less than an hour");
    assert_eq!(words("2027-01-01T00:00:01Z"), None);
}

#[test]
fn a_certificate_is_fresh_for_an_hour_and_kept_until_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::in_folder(&folder.path().join("certificates"));
    let key = CacheKey::of_url("https://example.org/cert.pem");
    let certificate = certificate();
    cache.put(&key, &certificate, time("2026-06-01T12:00:00Z"));
    let fresh = |now: &str| cache.get(&key, time(now)).map(|kept| kept.is_fresh());
    assert_eq!(fresh("2026-06-01T12:59:59Z"), Some(true));
    assert_eq!(fresh("2026-06-01T13:00:00Z"), Some(false));
    assert_eq!(fresh("2026-12-31T00:00:00Z"), Some(false));
    // Past its end, and with a clock that was set back.
    assert_eq!(fresh("2027-01-01T00:00:01Z"), None);
    assert_eq!(fresh("2026-06-01T11:59:59Z"), None);
}

#[test]
fn what_is_kept_belongs_to_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::in_folder(folder.path());
    let now = time("2026-06-01T12:00:00Z");
    let keys = [
        CacheKey::of_url("https://example.org/cert.pem"),
        CacheKey::of_url("https://example.org/cert.pem?x"),
        CacheKey::of_controller("https://a", "kube-system", "controller"),
        CacheKey::of_controller("https://a", "kube-systemcontroller", ""),
        CacheKey::of_controller("https://b", "kube-system", "controller"),
    ];
    for key in &keys {
        assert!(cache.get(key, now).is_none());
        cache.put(key, &certificate(), now);
        assert!(cache.get(key, now).is_some());
    }
}

#[cfg(unix)]
#[test]
fn the_cache_is_its_users_alone_and_a_file_that_is_not_is_passed_over() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("chancery/certificates");
    let cache = Cache::in_folder(&place);
    let now = time("2026-06-01T12:00:00Z");
    let key = CacheKey::of_url("https://example.org/cert.pem");
    cache.put(&key, &certificate(), now);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = fs::read_dir(&place).unwrap().next().unwrap().unwrap().path();
    assert_eq!((mode(&place), mode(&file)), (0o700, 0o600));
    assert!(!file.display().to_string().contains("example"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(cache.get(&key, now).is_none());
}

#[test]
fn a_damaged_entry_is_passed_over_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::in_folder(folder.path());
    let now = time("2026-06-01T12:00:00Z");
    let key = CacheKey::of_url("https://example.org/cert.pem");
    cache.put(&key, &certificate(), now);
    let file = fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let whole = fs::read(&file).unwrap();
    for damaged in [&[][..], &whole[..whole.len() / 2], b"{}", b"\xff\xfe"] {
        fs::write(&file, damaged).unwrap();
        assert!(cache.get(&key, now).is_none());
    }
    cache.put(&key, &certificate(), now);
    assert!(cache.get(&key, now).is_some());
}
