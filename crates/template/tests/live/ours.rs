//! Rendering by this crate, as the controller does it.

use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use template::{Budget, Limits, Template, World};

/// Returns what is rendered of a template named `key`, or the error's message.
#[expect(
    clippy::disallowed_methods,
    reason = "the other side reads the clock, so this one does"
)]
pub(crate) fn render(text: &str, data: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
    let limits = Limits::default();
    let world = World {
        now: jiff::Timestamp::now(),
        random: &SystemRandom::new(),
        expired: &|| false,
    };
    let template = Template::parse("key", text, &limits).map_err(|error| error.to_string())?;
    let rendered = template
        .render(data, &world, &mut Budget::new(&limits))
        .map_err(|error| error.to_string())?;
    Ok(rendered.to_vec())
}
