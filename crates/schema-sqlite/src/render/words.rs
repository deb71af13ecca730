//! What a rebuild changes, in words for people.

use schema::change::{Change, ColumnChange, Rebuild};
use schema::ir::ObjectName;

/// Returns the changes of a rebuild, separated by commas.
pub(super) fn words(rebuild: &Rebuild) -> String {
    let mut parts: Vec<String> = rebuild.changes.iter().map(one).collect();
    parts.dedup();
    parts.join(", ")
}

fn one(change: &Change) -> String {
    let verb = match change {
        Change::AddColumn(..) => "add column",
        Change::DropColumn(..) => "drop column",
        Change::ChangeType(_, change) => type_verb(change),
        Change::ChangeNull(_, change) if change.after.not_null => "set not null on column",
        Change::ChangeNull(..) => "drop not null on column",
        Change::ChangeDefault(_, change) if change.after.default.is_none() => "drop default of column",
        Change::ChangeDefault(..) => "set default of column",
        Change::AddPrimaryKey(..) => return "add primary key".to_owned(),
        Change::DropPrimaryKey(..) => return "drop primary key".to_owned(),
        Change::ReplacePrimaryKey(..) => return "replace primary key".to_owned(),
        Change::AddIndex(..) => "add index",
        Change::DropIndex(..) => "drop index",
        Change::ReplaceIndex(..) => "replace index",
        Change::RenameIndex(..) => "rename index to",
        Change::AddForeignKey(..) | Change::ValidateForeignKey(..) => "add foreign key",
        Change::DropForeignKey(..) => "drop foreign key",
        Change::ReplaceForeignKey(..) => "replace foreign key",
        Change::AddCheck(..) | Change::ValidateCheck(..) => "add check",
        Change::DropCheck(..) => "drop check",
        Change::SetOptions(_, options) => {
            let (gone, new) = (
                listed(&options.before, &options.after),
                listed(&options.after, &options.before),
            );
            let parts = [("drop option", gone), ("set option", new)];
            let said = parts.into_iter().filter(|(_, names)| !names.is_empty());
            return said
                .map(|(verb, names)| format!("{verb} `{names}`"))
                .collect::<Vec<_>>()
                .join(", ");
        }
        Change::CreateTable(_) | Change::DropTable(_) | Change::Rebuild(_) => "change",
    };
    let object = match change.object() {
        ObjectName::Column(_, name)
        | ObjectName::Index(_, name)
        | ObjectName::ForeignKey(_, name)
        | ObjectName::Check(_, name) => format!("`{name}`"),
        other => other.to_string(),
    };
    format!("{verb} {object}")
}

fn type_verb(change: &ColumnChange) -> &'static str {
    match (
        change.before.type_ == change.after.type_,
        change.after.auto_increment.is_some(),
    ) {
        (false, _) => "change type of column",
        (true, true) => "number rows for ever by column",
        (true, false) => "stop numbering rows for ever by column",
    }
}

fn listed(these: &[String], but: &[String]) -> String {
    these
        .iter()
        .filter(|option| !but.contains(option))
        .cloned()
        .collect::<Vec<_>>()
        .join(", ")
}
