//! What `chancery grants` prints is what a role needs, and it works as printed.

use std::fs;
use std::path::Path;

use testkit::{MysqlDatabase, unique_name};

use crate::program::{Run, chancery};

/// Writes two tables of which one refers to the other, with a column more the second time.
fn declare(folder: &Path, engine: &str, columns: &[&str]) {
    let columns: Vec<String> = columns
        .iter()
        .map(|name| format!("        - {{name: {name}, type: varchar(40)}}\n"))
        .collect();
    let table = |name: &str, rest: &str| {
        format!(
            "apiVersion: schemas.schemahero.io/v1alpha4\nkind: Table\nmetadata: {{name: {name}}}\nspec:\n  \
             database: app\n  name: {name}\n  schema:\n    {engine}:\n      primaryKey: [id]\n{rest}      columns:\n        \
             - {{name: id, type: integer, constraints: {{notNull: true}}}}\n"
        )
    };
    let key = "      foreignKeys:\n        - {columns: [author], references: {table: author, columns: [id]}}\n      \
               indexes:\n        - {columns: [author]}\n";
    let author = format!("{}{}", table("author", ""), columns.concat());
    let book = format!(
        "{}        - {{name: author, type: integer}}\n",
        table("book", key)
    );
    fs::create_dir_all(folder.join("schema")).unwrap();
    fs::write(folder.join("schema/tables.yaml"), format!("{author}---\n{book}")).unwrap();
}

fn apply(folder: &Path, url: &str) -> Run {
    fs::write(folder.join("url"), url).unwrap();
    let arguments = ["apply", "-f", "schema", "--database-url-file", "url", "--yes"];
    chancery(folder, &arguments, "")
}

/// Makes the tables, changes one, and finds nothing more to do.
fn migrate(folder: &Path, engine: &str, url: &str) {
    declare(folder, engine, &["name"]);
    apply(folder, url).succeeded();
    declare(folder, engine, &["name", "city"]);
    apply(folder, url).succeeded();
    let plan = [
        "plan",
        "-f",
        "schema",
        "--database-url-file",
        "url",
        "--exit-code",
    ];
    chancery(folder, &plan, "").succeeded();
}

#[tokio::test]
async fn a_role_of_postgres_can_plan_and_apply_with_what_is_printed() {
    let database = testkit::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let role = unique_name("migrator");
    let create = format!("CREATE ROLE \"{role}\" LOGIN PASSWORD 'canary'");
    database.execute_as_superuser(&create).await;
    let url = database.url_for(&role, "canary");
    declare(folder.path(), "postgres", &["name"]);
    let before = apply(folder.path(), &url);
    assert_eq!(
        before.code,
        Some(1),
        "the role needs no rights: {}",
        before.stdout
    );
    let grants = [
        "grants",
        "--engine",
        "postgres",
        "--role",
        &role,
        "--database",
        database.name(),
    ];
    let sql = chancery(folder.path(), &grants, "").succeeded().stdout;
    database.execute_as_superuser(&sql).await;
    migrate(folder.path(), "postgres", &url);
    let drop = format!("DROP OWNED BY \"{role}\" CASCADE; DROP ROLE \"{role}\"");
    database.execute_as_superuser(&drop).await;
}

async fn a_user_can_plan_and_apply(database: MysqlDatabase) {
    let folder = tempfile::tempdir().unwrap();
    // A user's name has 32 characters at most.
    let user = unique_name("m");
    let create = format!("CREATE USER '{user}'@'%' IDENTIFIED BY 'canary'");
    database.execute_as_superuser(&create).await;
    let url = database.url_for(&user, "canary");
    let grants = [
        "grants",
        "--engine",
        "mysql",
        "--role",
        &user,
        "--database",
        database.name(),
    ];
    let sql = chancery(folder.path(), &grants, "").succeeded().stdout;
    database.execute_as_superuser(&sql).await;
    migrate(folder.path(), "mysql", &url);
    database
        .execute_as_superuser(&format!("DROP USER '{user}'@'%'"))
        .await;
}

#[tokio::test]
async fn a_user_of_mysql_can_plan_and_apply_with_what_is_printed() {
    a_user_can_plan_and_apply(testkit::mysql().await).await;
}

#[tokio::test]
async fn a_user_of_mariadb_can_plan_and_apply_with_what_is_printed() {
    a_user_can_plan_and_apply(testkit::mariadb().await).await;
}
