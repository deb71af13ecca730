use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use k8s_openapi::ByteString;

use super::*;

fn store(folder: &Path) -> LocalStore {
    LocalStore::open_or_create(&folder.join("store")).unwrap()
}

fn secret(namespace: &str, name: &str) -> Secret {
    let mut secret = Secret::default();
    secret.metadata.namespace = Some(namespace.to_owned());
    secret.metadata.name = Some(name.to_owned());
    secret.data = Some(BTreeMap::from([("a".to_owned(), ByteString(b"1".to_vec()))]));
    secret
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_new_store_is_the_owners_alone_and_ignored_by_git() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    for path in ["", "keys", "secrets", "state"] {
        assert_eq!(mode_of(&store.root().join(path)), 0o700, "{path:?}");
    }
    assert_eq!(
        fs::read_to_string(store.root().join(".gitignore")).unwrap(),
        "*\n"
    );
}

#[test]
fn a_store_whose_making_was_cut_short_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    fs::create_dir_all(root.join("secrets")).unwrap();
    fs::write(root.join(".gitignore"), "").unwrap();
    LocalStore::open_or_create(&root).unwrap();
    assert_eq!(fs::read_to_string(root.join(".gitignore")).unwrap(), "*\n");
    assert_eq!((mode_of(&root), mode_of(&root.join("secrets"))), (0o700, 0o700));
}

#[test]
fn a_secret_that_was_written_is_read_back_and_is_0600() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let path = store.write_secret(&secret("shop", "db")).unwrap();
    assert_eq!(path, store.root().join("secrets/shop/db.yaml"));
    assert_eq!(mode_of(&path), 0o600);
    assert_eq!(
        store.secret("shop", "db").unwrap().unwrap().data,
        secret("shop", "db").data
    );
    assert!(store.secret("shop", "other").unwrap().is_none());
}

#[test]
fn a_name_that_leaves_the_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    for name in ["..", "../x", "a/b", "", ".x", "A"] {
        assert!(store.write_secret(&secret("shop", name)).is_err(), "{name:?}");
        assert!(store.secret(name, "db").is_err(), "{name:?}");
    }
}

#[test]
fn what_others_can_read_is_refused_with_the_command_that_helps() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let path = store.write_secret(&secret("shop", "db")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = store.secret("shop", "db").unwrap_err();
    assert!(error.causes()[0].contains("mode 640"), "{error:?}");
    assert!(error.hints()[0].starts_with("`chmod 600 "), "{error:?}");
    fs::set_permissions(store.root().join("keys"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(
        LocalStore::open(store.root()),
        Err(LocalError::Readable { mode: 0o755, .. })
    ));
}

#[test]
fn a_folder_with_other_things_in_it_is_not_made_a_store() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("README.md"), "").unwrap();
    assert!(matches!(
        LocalStore::open_or_create(folder.path()),
        Err(LocalError::NotAStore { .. })
    ));
    assert!(!folder.path().join(".gitignore").exists());
}

#[test]
fn a_store_that_git_tracks_is_refused_and_one_that_it_ignores_is_not() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    let store = store(folder.path());
    store.write_secret(&secret("shop", "db")).unwrap();
    git(folder.path(), &["add", "."]);
    assert!(LocalStore::open(store.root()).is_ok());
    git(folder.path(), &["add", "--force", "store/secrets/shop/db.yaml"]);
    let error = LocalStore::open(store.root()).unwrap_err();
    assert!(
        matches!(&error, LocalError::Tracked { file, .. } if file == "secrets/shop/db.yaml"),
        "{error:?}"
    );
}

#[test]
fn a_store_without_a_key_says_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let error = store(folder.path()).key_ring().unwrap_err();
    assert!(
        error.hints()[0].contains("chancery keys generate --local"),
        "{error:?}"
    );
}

#[test]
fn a_key_never_replaces_another() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let path = store.add_key(&secret("kube-system", "k")).unwrap();
    assert_eq!(mode_of(&path), 0o600);
    assert!(store.add_key(&secret("kube-system", "k")).is_err());
}
