//! The kinds of findings.

use std::fmt;

use serde::{Serialize, Serializer};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It does not work, or shows what should be secret.
    Error,
    /// It probably isn't what was meant.
    Warning,
    /// Nothing is wrong.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// One table for the codes: what programs match on, how bad it is, and what the manual says of it.
macro_rules! codes {
    ($($variant:ident $text:literal $severity:ident $meaning:literal;)*) => {
        /// What is wrong; the text form is stable, and is what programs match on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// All codes, in the order of the manual.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the text form.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Returns how bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Returns what it means, as the manual has it: Markdown of one line.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    Syntax "syntax" Error "a file with a SealedSecret in it is neither YAML nor JSON";
    NotUtf8 "not-utf8" Error "a file with a SealedSecret in it is not UTF-8";
    Unreadable "unreadable" Error "a file or folder can't be read, or is too large";
    HelmTemplate "helm-template" Note "a Helm template: what it becomes is not known here, so it is passed over";

    ApiVersion "api-version" Error "`apiVersion` is not `bitnami.com/v1alpha1`";
    Kind "kind" Error "an object of `bitnami.com` whose kind is not `SealedSecret`";
    UnknownField "unknown-field" Error "a field that the kind does not have";
    FieldType "field-type" Error "a value of another type, such as a bare `true` where a text belongs";
    EncryptedDataMissing "encrypted-data-missing" Error "no `spec.encryptedData`; the API server insists on it, if only as `{}`";
    TwoFormats "two-formats" Error "both `spec.encryptedData` and the deprecated `spec.data`";
    DeprecatedFormat "deprecated-format" Warning "the deprecated `spec.data`, the format before 2019";
    NoItems "no-items" Warning "`spec.encryptedData` is empty";
    TemplateSyntax "template-syntax" Error "a template that can't be parsed, or that uses a function that there is not";
    TemplateVolatile "template-volatile" Warning "a template with a function whose result is another at each run; Chancery's controller computes the value once and keeps it, others don't";
    TemplateShadowed "template-shadowed" Warning "a template with the key of an item, which wins";
    TemplateNull "template-null" Warning "`null` in `spec.template.data` for a key that no item has";

    NameMissing "name-missing" Error "no `metadata.name`";
    NameInvalid "name-invalid" Error "`metadata.name` is no name that Kubernetes takes (RFC 1123 subdomain)";
    NamespaceInvalid "namespace-invalid" Error "`metadata.namespace` is no name that Kubernetes takes (RFC 1123 label)";
    NamespaceMissing "namespace-missing" Warning "no namespace, though the scope binds to one, and neither `--namespace` nor a rule nor a kustomization gives one";
    NamespaceRule "namespace-rule" Error "the namespace is not the one that the rule in `.chancery.yaml` wants";
    NamespaceKustomization "namespace-kustomization" Warning "a kustomization moves the object to a namespace that it was not sealed for";
    TemplateName "template-name" Error "`spec.template.metadata.name` is another name: the object was renamed after it was sealed for the first";
    TemplateNamespace "template-namespace" Error "`spec.template.metadata.namespace` is another namespace: the object was moved after it was sealed for the first";
    Duplicate "duplicate" Error "the same object twice in one folder";
    DuplicateElsewhere "duplicate-elsewhere" Warning "the same object in another folder too, and no rule gives the two to different clusters";

    ScopeValue "scope-value" Error "a scope annotation with another value than `\"true\"`, which has no effect";
    ScopeBoth "scope-both" Warning "both scope annotations; `cluster-wide` wins";
    ScopeTemplate "scope-template" Warning "the template's annotations say another scope; the SealedSecret's own decide";
    ScopeRule "scope-rule" Error "the scope is not the one that the rule in `.chancery.yaml` wants";
    Annotation "annotation" Warning "an annotation of Sealed Secrets that has no effect where it stands";

    ItemKey "item-key" Error "a key that a Secret can't have";
    ItemType "item-type" Error "an item that is not a text";
    ItemPlain "item-plain" Error "a plain value where ciphertext belongs";
    ItemNotBase64 "item-not-base64" Error "a damaged item: not base64";
    ItemLength "item-length" Error "a damaged item: cut short, or with something else before it";
    ItemKeySize "item-key-size" Warning "sealed with a key of another size than that of the certificate";
    ItemDoesNotOpen "item-does-not-open" Error "no key opens the item (with `--key`, `--local` or `--ask-controller`)";
    NotTried "not-tried" Error "it could not be tried whether the items open (with `--key`, `--local` or `--ask-controller`)";
    PlainCopy "plain-copy" Error "an annotation in which kubectl or kubecfg kept a copy of the plain Secret";

    HintMalformed "hint-malformed" Warning "`chancery.dev/sealed-with` is no list of fingerprints";
    HintWrong "hint-wrong" Warning "`chancery.dev/sealed-with` does not name the key that opens an item";
    HintUnknown "hint-unknown" Error "`chancery.dev/sealed-with` names a key that is not among the pinned ones of the cluster";
    CertificateExpired "certificate-expired" Error "the configured certificate has expired";
    CertificateExpires "certificate-expires" Warning "the configured certificate expires within 30 days";
    CertificatePin "certificate-pin" Error "the configured certificate is not among the pinned ones";
    CertificateUnreadable "certificate-unreadable" Error "the configured certificate can't be had";

    PlainSecret "plain-secret" Error "a Secret with values in it (with `--no-plain-secrets`)";
    GeneratorLiteral "generator-literal" Error "a kustomization that generates a Secret from values in it (with `--no-plain-secrets`)";
    GeneratorFile "generator-file" Warning "a kustomization that generates a Secret from a file that is there (with `--no-plain-secrets`)";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_has_a_text_of_its_own() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        let plain = |text: &str| {
            text.bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        };
        assert!(texts.iter().all(|text| plain(text)));
    }
}
