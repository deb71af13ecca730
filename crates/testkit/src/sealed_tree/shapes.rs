//! The kinds of files: each has what an editor of YAML was seen to spoil, or could.

use super::builder::Builder;
use super::{SealedFile, Style};

const HEAD: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: @name\n  namespace: @namespace\n";

/// Makes one file.
type Shape = fn(&mut Builder);

/// Name, shape, and whether the lines end with CR LF.
const SHAPES: [(&str, Shape, bool); 20] = [
    ("sealed.yaml", comments, false),
    ("all.yaml", documents, false),
    ("windows.yml", comments, true),
    ("sealed.json", json, false),
    ("list.json", json_list, false),
    ("list.yaml", list, false),
    ("anchors.yaml", anchors, false),
    ("flow.yaml", flow, false),
    ("blocks.yaml", blocks, false),
    ("blocks-windows.yaml", blocks, true),
    ("wide.yaml", wide, false),
    ("templates/sealed.yaml", helm, false),
    ("latin.yaml", not_utf8, false),
    ("deployment.yaml", no_sealed_secret, false),
    ("kustomization.yaml", kustomization, false),
    ("sealed.txt", named_by_kustomization, false),
    ("half.yaml", half_done, false),
    ("old.yaml", deprecated, false),
    ("tabs.yaml", tabs, false),
    ("strange.yaml", strange, false),
];

/// Returns the file of this number; the kinds take turns.
pub(super) fn file(number: usize) -> SealedFile {
    let round = number / SHAPES.len();
    let (name, shape, crlf) = SHAPES[number % SHAPES.len()];
    let folder = match name {
        "templates/sealed.yaml" | "Chart.yaml" => format!("charts/chart-{round:03}"),
        // These two belong together.
        "kustomization.yaml" | "sealed.txt" => format!("apps/kustomized-{round:03}"),
        _ => format!("apps/team-{:02}/app-{number:04}", number % 37),
    };
    let mut builder = Builder::new(number, format!("{folder}/{name}"));
    shape(&mut builder);
    if crlf { builder.crlf() } else { builder.end() }
}

fn comments(b: &mut Builder) {
    b.object("shop", "comments", "strict")
        .fixed("# Who to ask: the shop team.\n\n")
        .fixed(HEAD)
        .fixed("  annotations:\n    # by the CLI\n    chancery.dev/sealed-with: ")
        .hint()
        .fixed("  # keep\n    team:   shop   \nspec:\n\n  encryptedData:\n    # first\n    password: ")
        .item(Style::Line)
        .fixed("   # turns in May\n\n    'user name': \"")
        .item(Style::Line)
        .fixed("\"\n    # last\n    token: '")
        .item(Style::Line)
        .fixed("'\n\n\n  template:\n    metadata:\n      labels: {app: shop,   tier: \"db\"}\n# end\n");
}

fn documents(b: &mut Builder) {
    b.fixed("# all of it\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata:\n")
        .fixed("  script: |-\n    #!/bin/sh\n    \tindented by a tab\n\n    on: 1_000\n\n---  # the secret\n")
        .object("shop", "first", "strict")
        .fixed(HEAD)
        .fixed("spec:\n  encryptedData:\n    a: ")
        .item(Style::Line)
        .fixed("\n---\n\n# nothing here\n---\n")
        .object("blog", "second", "namespace-wide")
        .fixed("kind: \"SealedSecret\"\nspec: {encryptedData: {b: ")
        .item(Style::Line)
        .fixed("}}\napiVersion: bitnami.com/v1alpha1\nmetadata:\n  annotations: {sealedsecrets.bitnami.com/namespace-wide: \"true\"}\n")
        .fixed("  namespace: @namespace\n  name: @name\n...\n---\nkind: Deployment\napiVersion: apps/v1\nmetadata:\n    name:   x\n");
}

fn json(b: &mut Builder) {
    b.object("shop", "json", "strict")
        .fixed("{\n  \"apiVersion\": \"bitnami.com/v1alpha1\",\n\t\"kind\" : \"SealedSecret\",\n  \"metadata\": {\"name\": \"@name\", ")
        .fixed("\"namespace\": \"@namespace\", \"annotations\": {\"chancery.dev/sealed-with\": \"")
        .hint()
        .fixed("\"}},\n  \"spec\": {\n    \"encryptedData\": {\n      \"a\":\"")
        .item(Style::Line)
        .fixed("\",\n      \"b\"  :  \"")
        .item(Style::Line)
        .fixed("\"\n    },\n    \"template\": {\"metadata\": {\"labels\": {\"n\": \"1.0\\u0021\"}}}\n  }\n}\n");
}

fn json_list(b: &mut Builder) {
    b.object("shop", "one", "strict")
        .fixed("{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"apiVersion\":\"bitnami.com/v1alpha1\",\"kind\":\"SealedSecret\",")
        .fixed("\"metadata\":{\"name\":\"@name\",\"namespace\":\"@namespace\"},\"spec\":{\"encryptedData\":{\"a\":\"")
        .item(Style::Line)
        .object("", "two", "cluster-wide")
        .fixed("\"}}},{\"kind\":\"SealedSecret\",\"apiVersion\":\"bitnami.com/v1alpha1\",\"metadata\":{\"name\":\"@name\",\"annotations\":")
        .fixed("{\"sealedsecrets.bitnami.com/cluster-wide\":\"true\"}},\"spec\":{\"encryptedData\":{\"b\":\"")
        .item(Style::Line)
        .fixed("\"}}}]}");
}

fn list(b: &mut Builder) {
    b.fixed("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: s}\n")
        .object("shop", "entry", "strict")
        .fixed("# the first\n- apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n  metadata: {name: @name, namespace: @namespace}\n")
        .fixed("  spec:\n    encryptedData:\n      a: ")
        .item(Style::Line)
        .object("shop", "other", "strict")
        .fixed("\n\n-   kind: SealedSecret\n    apiVersion: bitnami.com/v1alpha1\n    metadata:\n        name: @name\n        namespace: @namespace\n")
        .fixed("    spec:\n        encryptedData:\n            b: >-\n              ")
        .item(Style::Line)
        .fixed("\n\n            c: |+\n")
        .item(Style::Wrapped { indent: 14, width: 70, quoted: false })
        .fixed("\n        template: null\nmetadata: {resourceVersion: \"\"}\n");
}

fn anchors(b: &mut Builder) {
    b.object("shop", "anchors", "strict")
        .fixed("x-labels: &labels {team: shop, tier: db}\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n")
        .fixed("metadata:\n  name: &name @name\n  namespace: @namespace\n  labels: *labels\nspec:\n  encryptedData:\n    main: &shared ")
        .item(Style::Line)
        .fixed("\n    same: *shared\n    own: !!str ")
        .item(Style::Line)
        .fixed("\n  template:\n    metadata:\n      name: *name\n      labels:\n        <<: *labels\n        more: 'yes'\n");
}

fn flow(b: &mut Builder) {
    b.object("shop", "flow", "strict")
        .fixed("{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, # flow\n  metadata: {name: @name,\n   namespace: @namespace},\n")
        .fixed("  spec: {encryptedData: { a : ")
        .item(Style::Line)
        .fixed(" , \"b\":\"")
        .item(Style::Line)
        .fixed("\",\n     c: '")
        .item(Style::Line)
        .fixed("' }, template: {type: Opaque}}}\n");
}

fn blocks(b: &mut Builder) {
    let wrapped = |indent, width, quoted| Style::Wrapped {
        indent,
        width,
        quoted,
    };
    b.object("shop", "blocks", "strict")
        .fixed(HEAD)
        .fixed("spec:\n  encryptedData:\n    literal: |\n")
        .item(wrapped(6, 64, false))
        .fixed("\n    # after a blank line\n    stripped: |-\n")
        .item(wrapped(5, 76, false))
        .fixed("    told: |2-\n")
        .item(wrapped(6, 100, false))
        .fixed("    quoted: \"")
        .item(wrapped(7, 60, true))
        .fixed("\"\n    folded: >\n      ")
        .item(Style::Line)
        .fixed("\n\n  template:\n    data:\n      a: |\n        keep   \n\n          this: {{ index . \"literal\" }}\n\n");
}

fn wide(b: &mut Builder) {
    b.object("blog", "namespace", "namespace-wide")
        .fixed(HEAD)
        .fixed("  annotations:\n    sealedsecrets.bitnami.com/namespace-wide: \"true\"\nspec:\n  encryptedData:\n    a: ")
        .item(Style::Line)
        .object("", "cluster", "cluster-wide")
        .fixed("\n---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: @name\n  annotations:\n")
        .fixed("    sealedsecrets.bitnami.com/cluster-wide: 'true'\n    chancery.dev/sealed-with: '")
        .hint()
        .fixed("'\nspec:\n  encryptedData:\n    a: ")
        .item(Style::Line)
        // No line break at the end.
        .fixed("\n  # fin");
}

fn helm(b: &mut Builder) {
    b.object("shop", "helm", "strict")
        .left_alone()
        .fixed("{{- if .Values.on }}\n")
        .fixed(HEAD)
        .fixed("  labels: {{- include \"labels\" . | nindent 4 }}\nspec:\n  encryptedData:\n    a: {{ .Values.a }}\n{{- end }}\n");
}

fn not_utf8(b: &mut Builder) {
    b.object("shop", "latin", "strict")
        .left_alone()
        .bytes(b"# caf\xe9\n")
        .fixed(HEAD)
        .fixed("spec: {encryptedData: {}}\n");
}

fn no_sealed_secret(b: &mut Builder) {
    b.fixed("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec:\n    replicas:   01\n")
        .fixed("---\n# a Secret beside it\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\ndata: {on: \"yes\"}\n");
}

fn kustomization(b: &mut Builder) {
    b.fixed("namespace: kustomized\nresources: [sealed.txt]\nconfigMapGenerator:\n- name: x\n  files: [nothing.conf]\n");
}

fn named_by_kustomization(b: &mut Builder) {
    b.object("kustomized", "named", "strict")
        .fixed("apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: @name\nspec:\n  encryptedData:\n    a: ")
        .item(Style::Line)
        .fixed("\n");
}

fn half_done(b: &mut Builder) {
    b.object("shop", "half", "strict")
        .fixed(HEAD)
        .fixed("spec:\n  encryptedData:\n    done: ")
        .current_item()
        .fixed("\n    todo: ")
        .item(Style::Line)
        .fixed("\n");
}

fn deprecated(b: &mut Builder) {
    b.object("shop", "old", "strict")
        .fixed("\u{feff}%YAML 1.1\n---\n")
        .fixed(HEAD)
        .fixed("spec:\n  data: ")
        .value("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"x\"},\"data\":{\"a\":\"Yg==\"}}".to_owned())
        .fixed(" # the format before 2019\n...\n");
}

fn tabs(b: &mut Builder) {
    b.object("shop", "tabs", "strict")
        .fixed("apiVersion: bitnami.com/v1alpha1\t# a tab before the comment\nkind: SealedSecret\nmetadata:\n  name: @name\n  namespace: @namespace\n")
        .fixed("spec:\n  template:\n    data:\n      Makefile: |\n        all:\n        \tcc -o x x.c\n\n        \t\t\n      end: \"\\tx\"\n")
        .fixed("  encryptedData:\n    a:\t")
        .item(Style::Line)
        .fixed("\t\n    b:   ")
        .item(Style::Line)
        .fixed("   \n");
}

fn strange(b: &mut Builder) {
    b.object("shop", "strange", "strict")
        .fixed("spec:\n        encryptedData:\n                ? complex\n                : ")
        .item(Style::Line)
        .fixed("\n                \"quoted.key\":\n                    ")
        .item(Style::Line)
        .fixed("\n                empty-line-before:\n\n                  \"")
        .item(Style::Line)
        .fixed("\"\n'kind': 'SealedSecret'\n\"apiVersion\": \"bitnami.com/v1alpha1\"\nmetadata:\n    labels:\n        \u{fc}ber: \u{201e}k\u{f6}nig\u{201c}\n")
        .fixed("    name: @name\n    namespace: @namespace\n");
}
