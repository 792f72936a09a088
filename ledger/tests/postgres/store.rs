//! The database under test: PostgreSQL, at `PENUMBRA_TEST_POSTGRES_URL`. Each ledger has a schema of its own.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::OnceCell;

/// Schemas of earlier runs are dropped when they are this old.
const OLD: u64 = 60 * 60;

/// Random histories of a run. CI runs forty: each step waits for the server.
pub const HISTORIES: u64 = 10;

/// How the database says 32 bytes of nothing, and an id of chance.
pub const ZEROES: &str = "decode(repeat('00', 32), 'hex')";
pub const RANDOM_ID: &str = "md5(random()::text)";

static TIDIED: OnceCell<()> = OnceCell::const_new();

fn url() -> String {
    std::env::var("PENUMBRA_TEST_POSTGRES_URL")
        .expect("PENUMBRA_TEST_POSTGRES_URL names a PostgreSQL database for tests, such as postgres://postgres@127.0.0.1/postgres")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

pub async fn fleeting() -> String {
    let (url, now) = (url(), now());
    let mut connection = url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    TIDIED
        .get_or_init(|| async {
            let mut connection = url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
            let all: Vec<String> =
                sqlx::query_scalar("SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'penumbra\\_test\\_%'")
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
            for schema in all {
                let made: u64 = schema.split('_').nth(2).and_then(|made| made.parse().ok()).unwrap_or(0);
                if made + OLD < now {
                    let drop = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
                    let _ = sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await;
                }
            }
        })
        .await;
    let schema = format!("penumbra_test_{now}_{}", uuid::Uuid::new_v4().simple());
    let create = format!("CREATE SCHEMA {schema}");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut connection).await.unwrap();
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options=-csearch_path%3D{schema}")
}

pub async fn lasting() -> ((), String) {
    ((), fleeting().await)
}

/// A connection to a database that knows nothing of the ledger's rules but those in the database itself.
pub async fn outsider(url: &str) -> sqlx::PgConnection {
    url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap()
}

/// Takes away what the database does to protect itself.
pub async fn disarm(db: &mut sqlx::PgConnection) {
    let checks: String = sqlx::query_scalar(
        "SELECT string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), ';')
         FROM pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace",
    )
    .fetch_one(&mut *db)
    .await
    .unwrap();
    sqlx::raw_sql(AssertSqlSafe(checks)).execute(&mut *db).await.unwrap();
    // No trigger fires in a session of this role, those of foreign keys among them.
    let off = "ALTER TABLE journal ALTER COLUMN position DROP NOT NULL, ALTER COLUMN hash DROP NOT NULL;
               SET session_replication_role = replica";
    sqlx::raw_sql(off).execute(db).await.unwrap();
}
