//! The names of everything that is installed, in one place.

/// Value of `app.kubernetes.io/name` of all objects.
pub(super) const APP: &str = "chancery";
/// Group of Bitnami's kind.
pub(super) const SEALING_GROUP: &str = "bitnami.com";
/// Group of the Database.
pub(super) const DATABASES_GROUP: &str = "databases.schemahero.io";
/// Group of Table and Migration.
pub(super) const SCHEMAS_GROUP: &str = "schemas.schemahero.io";
/// Group of roles and bindings.
pub(super) const RBAC: &str = "rbac.authorization.k8s.io";
/// Name of the port of both Pods and of the Service. kubeseal asks the Service for it.
pub(super) const PORT_NAME: &str = "http";
/// Number of that port, upstream's.
pub(super) const PORT: u16 = 8080;
/// Name of the port for metrics of the Pod that unseals, and of its Service; upstream's.
pub(super) const METRICS_PORT_NAME: &str = "metrics";
/// Number of that port, upstream's.
pub(super) const METRICS_PORT: u16 = 8081;
/// Role with which everyone reads the certificate; upstream's name, so that it takes the place of upstream's.
pub(super) const SERVICE_PROXIER: &str = "sealed-secrets-service-proxier";
/// Role of those who have SealedSecrets sealed again or inspected by the controller.
pub(super) const RESEALER: &str = "chancery-resealer";
/// `ClusterRole` of those who decide on plans; the policies' messages name it.
pub(super) const APPROVER: &str = "chancery-migration-approver";
/// Namespaces that every cluster has.
pub(super) const BUILT_IN_NAMESPACES: [&str; 2] = ["kube-system", "default"];
/// Namespace whose UID stands for the cluster.
pub(super) const CLUSTER_IDENTITY: &str = "kube-system";

/// One of the two controllers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Controller {
    /// Unseals.
    Secrets,
    /// Migrates.
    Schema,
}

impl Controller {
    /// Name of its Deployment, `ServiceAccount`, roles, bindings and Lease.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Secrets => "chancery-secrets",
            Self::Schema => "chancery-schema",
        }
    }

    /// Its subcommand, which is also the value of `app.kubernetes.io/component`.
    pub(super) fn component(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::Schema => "schema",
        }
    }
}
