//! The PostgreSQL under test.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};

/// A schema of its own. One that a failed test leaves, the ledger's own tests drop when it is an hour old.
pub struct Database {
    /// Of the schema.
    pub url: String,
    /// Its name.
    pub schema: String,
}

/// The URL of the database for tests.
pub fn server() -> String {
    crate::needed("PENUMBRA_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1/postgres")
}

/// The same tables, looked for in another schema or database.
pub fn with_schema(url: &str, schema: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options=-csearch_path%3D{schema}")
}

/// A name that nothing else has.
pub fn fresh_name() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    format!("penumbra_test_{now}_{}", uuid::Uuid::new_v4().simple())
}

/// Runs one statement.
pub async fn run(statement: String) {
    let mut connection = server().parse::<PgConnectOptions>().unwrap().connect().await.expect("PostgreSQL answers");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
}

impl Database {
    pub async fn new() -> Self {
        let schema = fresh_name();
        run(format!("CREATE SCHEMA {schema}")).await;
        Database { url: with_schema(&server(), &schema), schema }
    }

    pub async fn remove(self) {
        run(format!("DROP SCHEMA {} CASCADE", self.schema)).await;
    }
}
