use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn found(&self) -> Tree {
        find(&[self.0.path().to_owned()]).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let files = self.found().files;
        let names = files.iter().map(|file| {
            file.path
                .strip_prefix(self.0.path())
                .unwrap()
                .display()
                .to_string()
        });
        names.collect()
    }

    fn file(&self, name: &str) -> TreeFile {
        let path = self.0.path().join(name);
        let mut files = self.found().files.into_iter();
        files.find(|file| file.path == path).unwrap()
    }

    fn left_alone(&self, name: &str) -> Option<LeftAlone> {
        match self.file(name).read(&["SealedSecret"]).unwrap() {
            Contents::LeftAlone(why) => Some(why),
            Contents::Passed | Contents::Manifests(_) => None,
        }
    }
}

#[test]
fn what_a_kustomization_names_is_found_whatever_its_ending() {
    let folder = Folder::with(&[
        (
            "app/kustomization.yaml",
            "resources: [sealed.txt, ../outside-of-app.tpl, https://example.org/x.yaml]\npatches:\n- path: patch.json5\n- \
             patch: '[]'\nconfigMapGenerator:\n- files: [key=inner/file.conf, gone.conf]\n  envs: [a.env]\n",
        ),
        ("app/sealed.txt", ""),
        ("app/patch.json5", ""),
        ("app/inner/file.conf", ""),
        ("app/a.env", ""),
        ("app/not-named.txt", ""),
        ("outside-of-app.tpl", ""),
        ("b.yaml", ""),
    ]);
    assert_eq!(
        folder.names(),
        [
            "app/a.env",
            "app/inner/file.conf",
            "app/kustomization.yaml",
            "app/patch.json5",
            "app/sealed.txt",
            "b.yaml",
            "outside-of-app.tpl"
        ]
    );
}

#[test]
fn what_a_kustomization_names_outside_of_the_search_is_not_touched() {
    let folder = Folder::with(&[
        ("app/kustomization.yaml", "resources: [../base/a.yaml]\n"),
        ("base/a.yaml", ""),
    ]);
    let tree = find(&[folder.0.path().join("app")]).unwrap();
    assert_eq!(tree.files.len(), 1);
}

#[test]
fn a_file_that_is_reached_in_two_ways_is_found_once() {
    let folder = Folder::with(&[("a/x.yaml", "")]);
    let root = folder.0.path();
    let again = [root.to_owned(), root.join("a"), root.join("a/x.yaml")];
    assert_eq!(find(&again).unwrap().files.len(), 1);
}

#[test]
fn the_outermost_kustomization_gives_the_namespace() {
    let folder = Folder::with(&[
        (
            "apps/shop/kustomization.yaml",
            "namespace: shop\nresources: [a.yaml]\n",
        ),
        ("apps/shop/a.yaml", ""),
        ("apps/shop/not-named.yaml", ""),
        ("apps/kustomization.yml", "resources: [shop, blog]\n"),
        (
            "apps/blog/Kustomization",
            "namespace: inner\nresources: [b.yaml]\n",
        ),
        ("apps/blog/b.yaml", ""),
        (
            "overlay/kustomization.yaml",
            "namespace: outer\nresources: [../apps/blog]\n",
        ),
        ("elsewhere/c.yaml", ""),
    ]);
    let check = |name: &str, expected: Option<&str>| {
        assert_eq!(
            folder.file(name).kustomization_namespace().unwrap(),
            expected,
            "{name}"
        );
    };
    check("apps/shop/a.yaml", Some("shop"));
    check("apps/shop/not-named.yaml", Some("shop"));
    check("apps/blog/b.yaml", Some("outer"));
    check("elsewhere/c.yaml", None);
}

#[test]
fn two_namespaces_for_one_file_are_an_error_that_names_both() {
    let folder = Folder::with(&[
        ("one/kustomization.yaml", "namespace: one\nresources: [../base]\n"),
        ("two/kustomization.yaml", "namespace: two\nresources: [../base]\n"),
        ("base/kustomization.yaml", "resources: [a.yaml]\n"),
        ("base/a.yaml", ""),
    ]);
    let file = folder.file("base/a.yaml");
    let error = file.kustomization_namespace().unwrap_err();
    assert!(
        error.causes()[0].ends_with("different namespaces: one, two"),
        "{error:?}"
    );
}

#[test]
fn kustomizations_that_take_in_each_other_end() {
    let folder = Folder::with(&[
        (
            "a/kustomization.yaml",
            "namespace: a\nresources: [../b, x.yaml]\n",
        ),
        ("b/kustomization.yaml", "resources: [../a]\n"),
        ("a/x.yaml", ""),
    ]);
    assert_eq!(
        folder.file("a/x.yaml").kustomization_namespace().unwrap(),
        Some("a")
    );
}

#[test]
fn a_kustomization_that_cannot_be_read_is_a_problem_and_stops_nothing() {
    let folder = Folder::with(&[("kustomization.yaml", "resources: [\n"), ("a.yaml", "")]);
    let tree = folder.found();
    assert_eq!((tree.files.len(), tree.problems.len()), (2, 1));
}

#[test]
fn what_cannot_be_judged_is_left_alone_and_what_has_nothing_in_it_is_passed_over() {
    let folder = Folder::with(&[
        ("chart/Chart.yaml", ""),
        (
            "chart/templates/deep/a.yaml",
            "kind: SealedSecret\nmetadata: {name: {{ .Values.name }}}\n",
        ),
        ("chart/templates/plain.yaml", "kind: SealedSecret\n"),
        ("templates/no-chart.yaml", "kind: SealedSecret # {{\n"),
    ]);
    folder.write("latin.yaml", b"# caf\xe9\nkind: SealedSecret\n");
    folder.write("latin-config.yaml", b"a: b\n# caf\xe9\n");
    let wide: Vec<u8> = "\u{feff}kind: SealedSecret"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    folder.write("wide.yaml", &wide);
    let check = |name: &str, expected| assert_eq!(folder.left_alone(name), expected, "{name}");
    check("chart/templates/deep/a.yaml", Some(LeftAlone::HelmTemplate));
    check("chart/templates/plain.yaml", None);
    check("templates/no-chart.yaml", None);
    check("latin.yaml", Some(LeftAlone::NotUtf8 { line: 1 }));
    check("latin-config.yaml", None);
    check("wide.yaml", Some(LeftAlone::Utf16));
}

#[test]
fn a_file_over_the_limit_matters_only_with_the_word_in_it() {
    let folder = Folder::with(&[]);
    let mut bytes = vec![b' '; 12 << 20];
    folder.write("image.json", &bytes);
    bytes.extend(b"SealedSecret");
    folder.write("big.json", &bytes);
    assert!(matches!(
        folder.file("image.json").read(&["SealedSecret"]),
        Ok(Contents::Passed)
    ));
    let Err(error) = folder.file("big.json").read(&["SealedSecret"]) else {
        panic!("a file over the limit was read");
    };
    assert!(
        error.causes()[0].ends_with("is larger than 10 MiB, which is the most that is read from one file")
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_to_its_file_and_one_that_leads_nowhere_is_left_alone() {
    use std::os::unix::fs::symlink;
    let folder = Folder::with(&[("real/a.txt", "kind: SealedSecret")]);
    let root = folder.0.path();
    symlink(root.join("real/a.txt"), root.join("link.yaml")).unwrap();
    symlink(root.join("gone"), root.join("broken.yaml")).unwrap();
    assert_eq!(folder.names(), ["broken.yaml", "link.yaml"]);
    assert_eq!(folder.left_alone("broken.yaml"), Some(LeftAlone::DanglingLink));
    assert_eq!(
        folder.file("link.yaml").place,
        fs::canonicalize(root.join("real/a.txt")).unwrap()
    );
}

/// Every folder of a layer lists every folder of the next.
fn layers(count: usize, outermost: &str) -> Folder {
    let folder = Folder::with(&[]);
    for layer in 0..count {
        for name in ["x", "y"] {
            let namespace = if layer == 0 {
                outermost
            } else {
                "namespace: inner\n"
            };
            let next = layer + 1;
            let text = format!("{namespace}resources: [../{next}x, ../{next}y, a.yaml]\n");
            folder.write(&format!("{layer}{name}/kustomization.yaml"), text.as_bytes());
            folder.write(&format!("{layer}{name}/a.yaml"), b"");
        }
    }
    folder
}

#[test]
fn the_namespace_comes_down_through_any_number_of_layers() {
    let check = |outermost, expected| {
        let folder = layers(40, outermost);
        let file = folder.file("39y/a.yaml");
        assert_eq!(file.kustomization_namespace().unwrap(), Some(expected));
    };
    check("namespace: outer\n", "outer");
    check("", "inner");
}

#[test]
fn thirty_kustomizations_that_all_list_each_other_end_and_what_takes_them_in_wins() {
    let folder = Folder::with(&[]);
    let all: Vec<String> = (0..30).map(|at| format!("../{at}")).collect();
    for at in 0..30 {
        let namespace = if at == 7 { "namespace: seven\n" } else { "" };
        let text = format!("{namespace}resources: [a.yaml, {}]\n", all.join(", "));
        folder.write(&format!("{at}/kustomization.yaml"), text.as_bytes());
        folder.write(&format!("{at}/a.yaml"), b"");
    }
    let check = |expected| {
        for file in folder
            .found()
            .files
            .iter()
            .filter(|file| file.path.ends_with("a.yaml"))
        {
            assert_eq!(file.kustomization_namespace().unwrap(), Some(expected));
        }
    };
    check("seven");
    folder.write(
        "outer/kustomization.yaml",
        b"namespace: outer\nresources: [../3]\n",
    );
    check("outer");
}
