//! What a change would lose or break without a word: such a change is refused, with what stands in its way.

use schema::change::{Change, Rebuild};
use schema::engine::StepContext;
use schema::ir::{Dependent, ObjectName, Table, Unsupported};

use crate::catalog::dependents::{CHILD, TRIGGER};
use crate::lexer::{Token, mentions, tokens};
use crate::lower::types;

/// Returns why a change can't be made; nothing when it can.
pub(crate) fn check(change: &Change, context: &StepContext<'_>) -> Result<(), Unsupported> {
    let Some(before) = context.table(change.table()) else {
        return Ok(());
    };
    let refuse = |object: ObjectName, reason: String| Err(Unsupported { object, reason });
    let whole = ObjectName::Table(before.name.clone());
    if let Some(unread) = before
        .unsupported
        .iter()
        .find(|unsupported| unsupported.object == whole)
    {
        return Err(unread.clone());
    }
    if let Change::DropTable(table) = change
        && let Some(dependent) = table
            .dependents
            .iter()
            .find(|dependent| needs_table(dependent, table, context))
    {
        let reason = format!(
            "{} {} needs the table; drop or change it first",
            dependent.kind, dependent.name
        );
        return refuse(whole, reason);
    }
    let one = std::slice::from_ref(change);
    let changes = match change {
        Change::Rebuild(rebuild) => &rebuild.changes,
        _ => one,
    };
    for change in changes {
        if let Some(reason) = obstacle(change, before, context) {
            return refuse(change.object(), reason);
        }
    }
    if let Change::Rebuild(rebuild) = change
        && let Some(reason) = rebuild_obstacle(rebuild)
    {
        return refuse(whole, reason);
    }
    Ok(())
}

/// Returns whether something outside of the table is broken without it.
fn needs_table(dependent: &Dependent, table: &Table, context: &StepContext<'_>) -> bool {
    match dependent.kind.as_str() {
        "view" | "trigger" => true,
        CHILD => child_refers(dependent, table, None, context),
        _ => false,
    }
}

/// Returns whether another table refers to this one, or to one of its columns, once the plan is done. What the plan
/// leaves of a declared table counts; one that no manifest names stays as it is.
fn child_refers(
    dependent: &Dependent,
    table: &Table,
    column: Option<&str>,
    context: &StepContext<'_>,
) -> bool {
    let named = |name: &str| name.eq_ignore_ascii_case(&dependent.name);
    let is_column = |names: &[String]| {
        column.is_none_or(|column| names.iter().any(|name| name.eq_ignore_ascii_case(column)))
    };
    if let Some(child) = context
        .target
        .tables
        .values()
        .find(|child| named(&child.name.name))
    {
        return child.foreign_keys.iter().any(|key| {
            key.references.name.eq_ignore_ascii_case(&table.name.name) && is_column(&key.referenced_columns)
        });
    }
    let dropped = context.live.tables.keys().any(|child| named(&child.name));
    !dropped && is_column(&dependent.columns)
}

fn obstacle(change: &Change, before: &Table, context: &StepContext<'_>) -> Option<String> {
    match change {
        Change::DropColumn(_, column) => column_users(&column.name, before, context)
            .map(|user| format!("{user} uses the column; drop or change it first")),
        Change::AddColumn(_, column) => strict_type(before, &column.type_),
        Change::ChangeType(_, change) => strict_type(before, &change.after.type_),
        Change::ReplacePrimaryKey(_, key) => key.before.extra.as_ref().map(|extra| {
            format!("the primary key says `{extra}`, which a manifest can't; change it by hand")
        }),
        _ => None,
    }
}

/// Columns that are added to a strict table must have one of its types even where the manifest doesn't say `strict`.
fn strict_type(before: &Table, type_: &str) -> Option<String> {
    let strict = before.options.iter().any(|option| option == "STRICT");
    (strict && !types::is_strict(type_)).then(|| {
        format!(
            "the table is strict and takes only {}; `{type_}` is none of them",
            types::STRICT.join(", ")
        )
    })
}

/// Returns what would be broken without a column: SQLite looks at views only under the newer rule of renames, and at
/// the bodies of triggers not at all until they fire.
fn column_users(column: &str, before: &Table, context: &StepContext<'_>) -> Option<String> {
    let words = |text: &str| tokens(text).is_ok_and(|tokens| mentions(&tokens, column));
    if let Some(view) = before.dependents.iter().find(|dependent| {
        matches!(dependent.kind.as_str(), "view" | "trigger")
            && dependent
                .columns
                .iter()
                .any(|used| used.eq_ignore_ascii_case(column))
    }) {
        return Some(format!("{} {}", view.kind, view.name));
    }
    if let Some(trigger) = before
        .attachments
        .iter()
        .find(|attachment| attachment.kind == TRIGGER && words(&attachment.definition))
    {
        return Some(format!("trigger {}", trigger.name));
    }
    let child = |dependent: &&Dependent| {
        dependent.kind == CHILD && child_refers(dependent, before, Some(column), context)
    };
    if let Some(child) = before.dependents.iter().find(child) {
        return Some(format!("{} {}", child.kind, child.name));
    }
    let after = context.target.table(&before.name)?;
    if let Some(other) = after.columns.iter().find(|other| {
        other.name != column && other.generated.as_ref().is_some_and(|generated| words(generated))
    }) {
        return Some(format!("generated column {}", other.name));
    }
    let dropped: Vec<&str> = before
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| after.column(name).is_none())
        .collect();
    let shared = |definition: &str| {
        words(definition)
            && after.columns.iter().any(|kept| {
                !dropped.contains(&kept.name.as_str())
                    && tokens(definition).is_ok_and(|tokens| mentions(&tokens, &kept.name))
            })
    };
    if let Some(check) = before.checks.iter().find(|check| shared(&check.definition)) {
        return Some(format!("check `{}`", check.definition));
    }
    let needs = |index: &&schema::ir::Index| {
        index
            .columns
            .iter()
            .any(|part| part.column.as_deref() == Some(column))
            || index.extra.as_ref().is_some_and(|extra| words(extra))
    };
    after
        .indexes
        .iter()
        .find(needs)
        .map(|index| format!("index {}", index.label()))
}

/// A qualified name (`CHECK (t.a > 0)`) would name the table while it has another name.
fn rebuild_obstacle(rebuild: &Rebuild) -> Option<String> {
    let name = &rebuild.before.name.name;
    let qualified = |text: &str| {
        tokens(text).is_ok_and(|tokens| {
            let tokens: &[Token<'_>] = &tokens;
            tokens
                .windows(2)
                .any(|pair| mentions(&pair[..1], name) && pair[1].is_symbol("."))
        })
    };
    let check = rebuild.after.checks.iter().map(|check| &check.definition);
    let generated = rebuild
        .after
        .columns
        .iter()
        .filter_map(|column| column.generated.as_ref());
    check.chain(generated).find(|text| qualified(text)).map(|text| {
        format!("`{text}` names its own table, so that the table can't be made anew under another name; change it by hand")
    })
}
