//! Paths with slashes. Upstream's `os` functions are those of the system that it runs on, which is Linux.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::cost;
use crate::value::Value;

const STRING: &[Param] = &[Param::String];

/// The functions of paths.
pub(crate) const TABLE: &[Function] = &[
    Function::new("base", STRING, |call, args| {
        change(call, args, |path| base(path).to_vec())
    }),
    Function::new("osBase", STRING, |call, args| {
        change(call, args, |path| base(path).to_vec())
    }),
    Function::new("dir", STRING, |call, args| change(call, args, dir)),
    Function::new("osDir", STRING, |call, args| change(call, args, dir)),
    Function::new("clean", STRING, |call, args| change(call, args, clean)),
    Function::new("osClean", STRING, |call, args| change(call, args, clean)),
    Function::new("ext", STRING, |call, args| {
        change(call, args, |path| ext(path).to_vec())
    }),
    Function::new("osExt", STRING, |call, args| {
        change(call, args, |path| ext(path).to_vec())
    }),
    Function::new("isAbs", STRING, |_, args| {
        Ok(Value::Bool(args.text(0)?.starts_with(b"/")))
    }),
    Function::new("osIsAbs", STRING, |_, args| {
        Ok(Value::Bool(args.text(0)?.starts_with(b"/")))
    }),
];

fn change(call: &mut Call<'_>, args: &Args<'_>, change: fn(&[u8]) -> Vec<u8>) -> Result<Value, Failure> {
    let path = args.text(0)?;
    cost::make(call, path.len())?;
    call.string(change(path))
}

/// Returns the last element; `.` of nothing, `/` of nothing but slashes.
fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    path.split(|&byte| byte == b'/')
        .rfind(|element| !element.is_empty())
        .unwrap_or(b"/")
}

fn dir(path: &[u8]) -> Vec<u8> {
    let end = path
        .iter()
        .rposition(|&byte| byte == b'/')
        .map_or(0, |slash| slash + 1);
    clean(&path[..end])
}

/// Returns what begins with the last dot of the last element.
fn ext(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&byte| byte == b'.' || byte == b'/') {
        Some(at) if path[at] == b'.' => &path[at..],
        _ => b"",
    }
}

/// Returns the shortest path of the same meaning.
fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut elements: Vec<&[u8]> = Vec::new();
    for element in path.split(|&byte| byte == b'/') {
        match element {
            b"" | b"." => {}
            b".." => match elements.last() {
                Some(&last) if last != b".." => drop(elements.pop()),
                _ if rooted => {}
                _ => elements.push(element),
            },
            _ => elements.push(element),
        }
    }
    let joined = elements.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", &*joined].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned() {
        for (path, want) in [
            ("/a/../b//./c/", "/b/c"),
            ("", "."),
            ("../a", "../a"),
            ("/..", "/"),
            ("a/../..", ".."),
            ("a/.../b", "a/.../b"),
        ] {
            assert_eq!(clean(path.as_bytes()), want.as_bytes(), "{path}");
        }
        assert_eq!(base(b"///"), b"/");
        assert_eq!(ext(b"a.b/c"), b"");
    }
}
