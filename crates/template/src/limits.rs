//! What a template may use.

/// The most that the templates of one object may use.
///
/// `text` and `depth` hold for each template; `steps`, `output` and `memory` are shared by all templates that are
/// rendered with one [`Budget`](crate::Budget).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a template's text.
    pub text: usize,
    /// Levels of nesting of blocks and parentheses in a text. A run goes three times as deep: blocks, templates that run
    /// each other and values in values count once, a `range` twice, parentheses three times.
    ///
    /// The default fits a stack of 2 MiB, which is what a thread of a runtime has, twice.
    pub depth: usize,
    /// Steps: one for each action, command and function, and more for what takes longer.
    pub steps: u64,
    /// Bytes of text that are rendered.
    pub output: usize,
    /// Bytes of all values that are made on the way; what is made and no longer needed counts too.
    pub memory: usize,
}

impl Default for Limits {
    /// Returns limits far above what a Secret can hold: 1 MiB of text and of output, 100 levels, 2 million steps,
    /// 64 MiB of values.
    fn default() -> Self {
        Self {
            text: 1 << 20,
            depth: 100,
            steps: 2_000_000,
            output: 1 << 20,
            memory: 64 << 20,
        }
    }
}
