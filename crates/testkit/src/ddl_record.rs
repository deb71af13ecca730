//! What changed the schema of a database, as the server itself records it.

use crate::postgres::PostgresDatabase;

/// The record goes with a transaction that is rolled back, since it is made inside it.
const RECORD: &str = "CREATE SCHEMA testkit; \
    CREATE TABLE testkit.ddl (n bigserial, statement text); \
    GRANT USAGE ON SCHEMA testkit TO PUBLIC; GRANT SELECT ON testkit.ddl TO PUBLIC; \
    CREATE FUNCTION testkit.record() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS \
    $$ BEGIN INSERT INTO testkit.ddl (statement) VALUES (current_query()); END $$; \
    CREATE EVENT TRIGGER testkit_record ON ddl_command_end EXECUTE FUNCTION testkit.record();";

impl PostgresDatabase {
    /// Records from now on each statement that changes the schema, however many sessions there are.
    ///
    /// # Panics
    /// When Postgres refuses.
    pub async fn record_ddl(&self) {
        self.execute_as_superuser(RECORD).await;
    }

    /// Returns the texts of the statements that changed the schema and were not rolled back, in order, once for
    /// each time. A build of an index CONCURRENTLY is among them when it came to its end.
    ///
    /// # Panics
    /// When [`record_ddl`](Self::record_ddl) was not called.
    pub async fn recorded_ddl(&self) -> Vec<String> {
        self.texts("SELECT statement FROM testkit.ddl ORDER BY n").await
    }
}
