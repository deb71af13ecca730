//! The arrows between packages (design: layout), read from `cargo metadata`: the compiler would not notice
//! one more, and feature unification hides which package asked for a feature.

use serde_json::Value;

use crate::Violation;

/// One package of the workspace: which other packages of it a build may use.
struct Layer {
    package: &'static str,
    may_use: &'static [&'static str],
}

/// Every package of the workspace, and nothing else is allowed.
const LAYERS: [Layer; 13] = [
    Layer {
        package: "sealing",
        may_use: &[],
    },
    Layer {
        package: "template",
        may_use: &[],
    },
    Layer {
        package: "schema",
        may_use: &[],
    },
    Layer {
        package: "api",
        may_use: &["schema"],
    },
    Layer {
        package: "manifests",
        may_use: &["api", "sealing", "template"],
    },
    Layer {
        package: "schema-postgres",
        may_use: &["schema"],
    },
    Layer {
        package: "schema-mysql",
        may_use: &["schema"],
    },
    Layer {
        package: "schema-sqlite",
        may_use: &["schema"],
    },
    Layer {
        package: "migrate",
        may_use: &["schema", "schema-postgres", "schema-mysql", "schema-sqlite"],
    },
    Layer {
        package: "chancery",
        may_use: BINARY,
    },
    Layer {
        package: "chancery-controller",
        may_use: BINARY,
    },
    // Others depend on it in their tests, so it can depend on none of them.
    Layer {
        package: "testkit",
        may_use: &[],
    },
    Layer {
        package: "xtask",
        may_use: &["api", "manifests", "sealing", "testkit"],
    },
];

/// What both binaries may use: never an engine directly.
const BINARY: &[&str] = &["api", "sealing", "manifests", "schema", "migrate"];

/// A dependency that only some packages may have.
struct Confined {
    dependency: &'static str,
    /// Features that make the rule apply; empty when any use does.
    features: &'static [&'static str],
    packages: &'static [&'static str],
}

const CONFINED: [Confined; 3] = [
    Confined {
        dependency: "sqlx",
        features: &[],
        packages: &["schema-postgres", "schema-mysql", "schema-sqlite", "testkit"],
    },
    // xtask starts the API server and asks it whether it is ready.
    Confined {
        dependency: "kube",
        features: &["client", "runtime"],
        packages: &["chancery", "chancery-controller", "testkit", "xtask"],
    },
    Confined {
        dependency: "kube",
        features: &[],
        packages: &["api", "chancery", "chancery-controller", "testkit", "xtask"],
    },
];

/// What a core package must do without, except in its tests: input and output are its
/// callers'.
const WITHOUT: [(&str, &[&str]); 2] = [
    ("sealing", &["tokio", "k8s-openapi", "tempfile"]),
    ("schema", &["tokio", "k8s-openapi", "tempfile"]),
];

/// Returns every arrow in the answer of `cargo metadata --no-deps` that the design does not have.
pub fn violations(metadata: &Value) -> Vec<Violation> {
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let members: Vec<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    let mut found = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(layer) = LAYERS.iter().find(|layer| layer.package == name) else {
            found.push(Violation::new(
                name,
                "is not in the table of crates/xtask/src/layers.rs: add it with what it may use",
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let dependency = Dependency::read(dependency);
            if members.contains(&dependency.name) && !may_use(layer, &dependency) {
                found.push(Violation::new(
                    name,
                    format!(
                        "depends on `{}`; it may use {}",
                        dependency.name,
                        listed(layer.may_use)
                    ),
                ));
            }
            found.extend(confined(name, &dependency));
            if !dependency.is_for_tests && without(name).contains(&dependency.name) {
                found.push(Violation::new(
                    name,
                    format!(
                        "depends on `{}`: it does no input or output, its callers do",
                        dependency.name
                    ),
                ));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

struct Dependency<'a> {
    name: &'a str,
    is_for_tests: bool,
    features: Vec<&'a str>,
}

impl<'a> Dependency<'a> {
    fn read(value: &'a Value) -> Self {
        Self {
            name: value["name"].as_str().unwrap_or_default(),
            is_for_tests: value["kind"] == "dev",
            features: value["features"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
        }
    }
}

fn may_use(layer: &Layer, dependency: &Dependency<'_>) -> bool {
    layer.may_use.contains(&dependency.name)
        || (dependency.is_for_tests && dependency.name == "testkit" && layer.package != "testkit")
}

fn confined(name: &str, dependency: &Dependency<'_>) -> Vec<Violation> {
    CONFINED
        .iter()
        .filter(|rule| rule.dependency == dependency.name && !rule.packages.contains(&name))
        .filter(|rule| {
            rule.features.is_empty()
                || rule
                    .features
                    .iter()
                    .any(|feature| dependency.features.contains(feature))
        })
        .map(|rule| {
            let features = if rule.features.is_empty() {
                String::new()
            } else {
                format!(" with the feature {}", rule.features.join(" or "))
            };
            let message = format!(
                "depends on `{}`{features}, which is for {} alone",
                rule.dependency,
                listed(rule.packages)
            );
            Violation::new(name, message)
        })
        .collect()
}

fn without(name: &str) -> &'static [&'static str] {
    WITHOUT
        .iter()
        .find(|(package, _)| *package == name)
        .map_or(&[], |(_, without)| without)
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        "no package of the workspace".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn dependency(name: &str) -> Value {
        json!({"name": name, "kind": null, "features": []})
    }

    /// Checks what a package with one dependency is told, in a workspace of all packages.
    fn check(package: &str, dependency: &Value, expected: &[&str]) {
        let mut packages: Vec<Value> = LAYERS
            .iter()
            .filter(|layer| layer.package != package)
            .map(|layer| json!({"name": layer.package, "dependencies": []}))
            .collect();
        packages.push(json!({"name": package, "dependencies": [dependency]}));
        let found: Vec<String> = violations(&json!({"packages": packages}))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_arrows_of_the_design_are_allowed() {
        check("manifests", &dependency("sealing"), &[]);
        check("migrate", &dependency("schema-sqlite"), &[]);
        check("chancery", &dependency("migrate"), &[]);
        check("schema-postgres", &dependency("sqlx"), &[]);
    }

    #[test]
    fn a_binary_that_uses_an_engine_is_found() {
        check(
            "chancery",
            &dependency("schema-postgres"),
            &["chancery: depends on `schema-postgres`; it may use api, sealing, manifests, schema, migrate"],
        );
    }

    #[test]
    fn an_engine_that_uses_another_is_found_in_tests_too() {
        let dev = json!({"name": "schema-sqlite", "kind": "dev", "features": []});
        check(
            "schema-postgres",
            &dev,
            &["schema-postgres: depends on `schema-sqlite`; it may use schema"],
        );
    }

    #[test]
    fn testkit_is_for_tests_and_depends_on_nothing_of_ours() {
        check(
            "sealing",
            &json!({"name": "testkit", "kind": "dev", "features": []}),
            &[],
        );
        check(
            "sealing",
            &dependency("testkit"),
            &["sealing: depends on `testkit`; it may use no package of the workspace"],
        );
        check(
            "testkit",
            &json!({"name": "sealing", "kind": "dev", "features": []}),
            &["testkit: depends on `sealing`; it may use no package of the workspace"],
        );
    }

    #[test]
    fn sqlx_outside_the_engines_is_found() {
        check(
            "migrate",
            &dependency("sqlx"),
            &[
                "migrate: depends on `sqlx`, which is for schema-postgres, schema-mysql, schema-sqlite, testkit alone",
            ],
        );
    }

    #[test]
    fn a_kube_client_in_the_types_is_found_and_the_derive_is_not() {
        check(
            "api",
            &json!({"name": "kube", "kind": null, "features": ["derive"]}),
            &[],
        );
        check(
            "api",
            &json!({"name": "kube", "kind": null, "features": ["derive", "runtime"]}),
            &[
                "api: depends on `kube` with the feature client or runtime, which is for chancery, chancery-controller, testkit, xtask alone",
            ],
        );
    }

    #[test]
    fn input_and_output_in_a_core_is_found_outside_its_tests() {
        check(
            "sealing",
            &json!({"name": "tempfile", "kind": "dev", "features": []}),
            &[],
        );
        check(
            "sealing",
            &dependency("tokio"),
            &["sealing: depends on `tokio`: it does no input or output, its callers do"],
        );
    }

    #[test]
    fn a_package_that_the_table_lacks_is_found() {
        let found = violations(&json!({"packages": [{"name": "utils", "dependencies": []}]}));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "utils");
    }
}
