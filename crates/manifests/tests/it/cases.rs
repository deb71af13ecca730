//! `testdata/sealing`.

use aws_lc_rs::rand::SystemRandom;
use k8s_openapi::api::core::v1::Secret;
use manifests::seal::{NamePattern, SealOptions};
use manifests::{documents, scope, seal, unseal};
use sealing::{Label, Scope};
use serde_json::Value;
use testkit::case::{self, Case};

use crate::fixture::{CERT_2048, KEY_2048, certificate, ring, terms, value};

fn options(case: &Case) -> Value {
    case.find("options.json")
        .map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
}

fn secret(case: &Case) -> Secret {
    documents::read("secret.yaml", case.read("secret.yaml").as_bytes()).unwrap()[0]
        .to()
        .unwrap()
}

fn scope_of(options: &Value) -> Option<Scope> {
    options["scope"].as_str().map(|word| word.parse().unwrap())
}

fn seal(case: &Case) -> Result<api::sealed_secret::SealedSecret, seal::SealError> {
    let options = options(case);
    let keep: Vec<NamePattern> = options["keepMetadata"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|pattern| pattern.as_str().unwrap().parse().unwrap())
        .collect();
    let options = SealOptions {
        scope: scope_of(&options),
        namespace: options["namespace"].as_str(),
        hint: options["hint"] == true,
        allow_empty_data: options["allowEmptyData"] == true,
        keep_metadata: &keep,
    };
    seal::seal(
        &secret(case),
        &certificate(CERT_2048),
        &options,
        &SystemRandom::new(),
    )
}

fn expected(case: &Case, file: &str) -> Value {
    serde_json::from_str(&case.read(file)).unwrap()
}

#[test]
fn each_case_seals_as_expected_and_unseals_as_expected() {
    let ring = ring(&[KEY_2048]);
    for case in case::dirs("sealing") {
        let sealed = match (seal(&case), case.find("error.txt")) {
            (Ok(sealed), None) => sealed,
            (Err(error), Some(expected)) => {
                assert_eq!(error.to_string(), expected.trim_end(), "{}", case.name);
                continue;
            }
            (result, expected) => panic!("{}: {result:?} but {expected:?}", case.name),
        };

        let mut shape = value(&sealed);
        let metadata = &sealed.metadata;
        let namespace = metadata.namespace.as_deref().unwrap_or_default();
        let label = Label::new(scope::of_sealed_secret(metadata), namespace, "database");
        for item in shape["spec"]["encryptedData"]
            .as_object_mut()
            .unwrap()
            .values_mut()
        {
            let opened = ring
                .open(
                    &sealing::decode_item(item.as_str().unwrap()).unwrap(),
                    &label,
                    &[],
                )
                .unwrap();
            *item = sealing::encode_item(&opened.plaintext).into();
        }
        assert_eq!(shape, expected(&case, "sealed.json"), "{}", case.name);

        let unsealed = unseal::unseal(&sealed, &ring, &[], &terms()).unwrap();
        assert_eq!(
            value(&unsealed.secret),
            expected(&case, "unsealed.json"),
            "{}",
            case.name
        );
        assert_eq!(
            unsealed.keys.is_empty(),
            sealed.spec.encrypted_data.is_empty(),
            "{}",
            case.name
        );
    }
}

#[test]
fn no_case_seals_what_it_should_hide() {
    for case in case::dirs("sealing") {
        if let Ok(sealed) = seal(&case) {
            let yaml = manifests::yaml::to_string(&sealed).unwrap();
            assert!(
                !yaml.contains("tulip") && !yaml.contains("dHVsaXA"),
                "{}",
                case.name
            );
        }
    }
}
