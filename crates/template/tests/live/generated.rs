//! Generated templates.

use testkit::go_template::Renderer;

use crate::generator::{self, Generator};
use crate::ours;

/// Each template has a seed of its own, so that one can be looked at alone.
const FIRST_SEED: u64 = 20_261_123;
const COUNT: u64 = 10_000;

#[test]
fn generated_templates_are_as_upstream_has_them() {
    let mut go = Renderer::start();
    let data = generator::data();
    let (mut wrong, mut rendered) = (Vec::new(), 0);
    for seed in FIRST_SEED..FIRST_SEED + COUNT {
        let text = Generator::new(seed).template();
        let (ours, theirs) = (ours::render(&text, &data), go.render(&text, &data));
        let agree = match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => ours == theirs,
            (Err(_), Err(_)) => true,
            // `%d` of a time shows Go's private fields and addresses in memory.
            (Err(message), Ok(_)) => message.contains("can't print the inside"),
            _ => false,
        };
        rendered += u64::from(agree && ours.is_ok());
        if !agree {
            let shown = |result: &Result<Vec<u8>, String>| match result {
                Ok(output) => format!("\"{}\"", output.escape_ascii()),
                Err(message) => format!("the error {message}"),
            };
            wrong.push(format!(
                "seed {seed}: {text}\n    ours {}\n    Go's {}",
                shown(&ours),
                shown(&theirs)
            ));
        }
    }
    let few = wrong
        .iter()
        .take(25)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {COUNT} disagree (seeds from {FIRST_SEED}):\n{few}",
        wrong.len()
    );
    assert!(rendered > COUNT / 2, "only {rendered} of {COUNT} rendered at all");
}
