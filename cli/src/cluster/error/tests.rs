use super::*;

#[test]
fn a_broken_kubeconfig_is_named_without_its_lines() {
    let text = "users:\n- name: a\n  user: {token: hunter2}\nclusters: [\n";
    let error = kube::config::Kubeconfig::from_yaml(text).unwrap_err();
    let said = CommandError::from(ClusterError::kubeconfig(error))
        .causes()
        .join(" ");
    assert_eq!(said, "no usable kubeconfig: a kubeconfig file is no valid YAML");
}

#[test]
fn an_answer_that_came_too_late_has_its_own_exit_code() {
    let late = ClusterError::TimedOut {
        doing: "asking".to_owned(),
        limit: Duration::from_secs(30),
    };
    assert_eq!(crate::error::Status::from(&CommandError::from(late)).code(), 5);
}

#[test]
fn of_a_refused_key_secret_no_words_are_kept_but_the_api_servers_own() {
    let said = |code: u16, message: &str| {
        let status = kube::core::Status::failure(message, "Invalid").with_code(code);
        let error = ClusterError::key_secret("creating it", kube::Error::Api(status.boxed()));
        CommandError::from(error).causes().join(": ")
    };
    let hook = "admission webhook \"keys.example.org\" denied the request: tls.key: LS0tLS1CRUdJTi";
    let words = said(403, hook);
    assert!(
        words.contains("keys.example.org") && !words.contains("LS0t"),
        "{words}"
    );
    let words = said(422, "data.tls.key: Invalid value: \"LS0tLS1CRUdJTi\"");
    assert!(!words.contains("LS0t"), "{words}");
    let words = said(403, "secrets is forbidden: User \"jane\" cannot create resource");
    assert!(words.contains("jane"), "{words}");
}
