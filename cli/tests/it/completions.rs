//! `chancery completions`.

use crate::sandbox::Sandbox;

#[test]
fn a_shell_gets_a_script_that_names_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let script = Sandbox::new().run(&["completions", shell]).succeeded().stdout;
        assert!(script.contains("quickstart"), "{shell}");
    }
}

#[test]
fn an_unknown_shell_is_a_usage_error() {
    Sandbox::new().run(&["completions", "tcsh"]).failed(2, &["tcsh"]);
}
