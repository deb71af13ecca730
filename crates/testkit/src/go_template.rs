//! Go's own `text/template` with sprig, as the Sealed Secrets controller uses both: one program that is asked again
//! and again.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fail::{OrFail, fail};
use crate::servers::servers;

/// The running program. It ends with this value.
pub struct Renderer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Answer {
    output: Option<String>,
    #[serde(default)]
    error: String,
    #[serde(default)]
    functions: Vec<String>,
}

impl Renderer {
    /// Starts the program.
    ///
    /// # Panics
    /// When the servers have not been started (see [`servers`]), or it does not start.
    #[track_caller]
    pub fn start() -> Self {
        let program = &servers().tools.template;
        let doing = || format!("starting `{}`", program.display());
        let mut child = Command::new(program)
            // Upstream's image has no zone of its own.
            .env("TZ", "UTC")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .or_fail(doing);
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            fail(&format!("{}: it has no pipes", doing()));
        };
        Self {
            child,
            input,
            output: BufReader::new(output),
        }
    }

    /// Returns what Go renders of a template named `key` over `data`, or its error's message.
    ///
    /// # Panics
    /// When the program ended.
    #[track_caller]
    pub fn render(&mut self, template: &str, data: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
        let data: BTreeMap<&String, String> = data
            .iter()
            .map(|(key, value)| (key, BASE64_STANDARD.encode(value)))
            .collect();
        let template = BASE64_STANDARD.encode(template);
        let answer = self.ask(&json!({"render": {"template": template, "data": data}}));
        if answer.error.is_empty() {
            Ok(output(&answer))
        } else {
            Err(answer.error)
        }
    }

    /// Returns `text` with each PEM block replaced by what Go's own packages say of it and chance does not change:
    /// equal for two texts that were made in the same way.
    ///
    /// # Panics
    /// When the program ended.
    #[track_caller]
    pub fn describe(&mut self, text: &[u8]) -> String {
        let answer = self.ask(&json!({"describe": BASE64_STANDARD.encode(text)}));
        String::from_utf8_lossy(&output(&answer)).into_owned()
    }

    /// Returns the names of sprig's functions that upstream's templates have, sorted.
    ///
    /// # Panics
    /// When the program ended.
    #[track_caller]
    pub fn functions(&mut self) -> Vec<String> {
        self.ask(&json!({"functions": true})).functions
    }

    #[track_caller]
    fn ask(&mut self, request: &Value) -> Answer {
        let doing = || format!("asking Go about {request}");
        writeln!(self.input, "{request}").or_fail(doing);
        let mut line = String::new();
        self.output.read_line(&mut line).or_fail(doing);
        serde_json::from_str(&line).or_fail(doing)
    }
}

impl Drop for Renderer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn output(answer: &Answer) -> Vec<u8> {
    let text = answer.output.as_deref().unwrap_or_default();
    BASE64_STANDARD
        .decode(text)
        .or_fail(|| "reading Go's answer".to_owned())
}
