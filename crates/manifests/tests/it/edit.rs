//! Byte-exact edits: what a text is before and after.

use manifests::edit::{Edit, EditError, Editable, Edited, read};

mod entries;
mod json;
mod metadata;
mod places;
mod random;
mod scalars;
mod shared;

fn set(key: &str, item: &str) -> Edit {
    set_in(0, key, item)
}

fn set_in(object: usize, key: &str, item: &str) -> Edit {
    Edit::SetItem {
        object,
        key: key.to_owned(),
        item: item.to_owned(),
    }
}

fn remove(key: &str) -> Edit {
    let key = key.to_owned();
    Edit::RemoveItem { object: 0, key }
}

fn rename(from: &str, to: &str) -> Edit {
    Edit::RenameItem {
        object: 0,
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

fn edit(text: &str, edits: &[Edit]) -> Result<Edited, EditError> {
    editable(text).edit(edits)
}

fn editable(text: &str) -> Editable {
    read("f.yaml", text.as_bytes()).unwrap()
}

/// The whole text before and after.
#[track_caller]
fn check_text(before: &str, edits: &[Edit], after: &str) {
    let edited = edit(before, edits).unwrap_or_else(|error| panic!("{error}\n{before}"));
    assert_eq!(edited.text, after, "before:\n{before}");
    let once = edit(after, &[]).unwrap();
    assert_eq!((once.text.as_str(), once.replaced.len()), (after, 0));
}

/// What stands behind `encryptedData:`, before and after.
#[track_caller]
fn check(before: &str, edits: &[Edit], after: &str) {
    let whole = |data: &str| {
        format!(
            "# Above.\nkind: SealedSecret\nmetadata: {{name: a}} # name\nspec:\n  encryptedData:{data}  template:\n    data:\n      t: |\n        \tx\n\n      AAAA: AAAA\n"
        )
    };
    for line_break in ["\n", "\r\n"] {
        let whole = |data| whole(data).replace('\n', line_break);
        check_text(&whole(before), edits, &whole(after));
    }
    // Alone at the end of the text, without a last line break.
    let tail = |data: &str| {
        format!(
            "kind: SealedSecret\nspec:\n  encryptedData:{}",
            data.trim_end_matches('\n')
        )
    };
    let edited = edit(&tail(before), edits).unwrap().text;
    // Behind a last line that was removed the break before it is left.
    assert_eq!(
        edited.trim_end_matches('\n'),
        tail(after),
        "before:\n{}",
        tail(before)
    );
}

#[track_caller]
fn error(text: &str, edits: &[Edit]) -> String {
    let error = edit(text, edits).unwrap_err();
    let message = error.to_string();
    assert!(
        !message.contains("AgA") && !format!("{error:?}").contains("AgA"),
        "{message}"
    );
    message
}
