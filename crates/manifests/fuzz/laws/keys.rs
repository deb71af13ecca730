use manifests::keys::{ring_from_documents, ring_from_file, ring_from_pem, secrets_from_file};
use sealing::{Certificate, PrivateKey};

/// Keys and certificates of any shape are read or refused, and no message shows what was in them.
pub fn keys(data: &[u8]) {
    let private = PrivateKey::from_pem(data);
    if let Err(error) = &private {
        super::hides_values(&error.to_string(), data);
    }
    match Certificate::from_pem(data) {
        Ok(certificate) => {
            let again = Certificate::from_pem(certificate.to_pem().as_bytes()).unwrap();
            assert_eq!(again.fingerprint(), certificate.fingerprint());
        }
        Err(error) => super::hides_values(&error.to_string(), data),
    }
    let (ring, problems) = ring_from_pem("input", data);
    assert!(private.is_err() || ring.len() == 1 || !problems.is_empty());
    for problem in problems {
        super::hides_values(&problem.in_a_line(), data);
    }
    match ring_from_file("input", data) {
        Ok((_, problems)) => {
            for problem in problems {
                super::hides_values(&problem.in_a_line(), data);
            }
        }
        Err(error) => super::hides_values(&error.to_string(), data),
    }
    let _ = secrets_from_file("input", data);
    if let Ok(documents) = manifests::documents::read("input", data) {
        let _ = ring_from_documents(&documents);
    }
}
