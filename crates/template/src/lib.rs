//! Go's `text/template` with the sprig functions, over byte strings, bounded in steps, memory and time.
