//! A back-up by PostgreSQL's own means, as `docs/operations.md` tells it.

use crate::database::{fresh_name, run, server, with_schema};
use crate::world::World;
use std::process::{Command, Output};
use tests::binary;
use tests::crowd::{account, one_balance};
use url::Url;

fn succeeds(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; install postgresql-client"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn audit(database: &str) -> serde_json::Value {
    let mut command = Command::new(binary("penumbra-gateway"));
    let output = succeeds(command.args(["audit", "--format", "json"]).env("DATABASE_URL", database));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_a_running_ledger_is_restored_and_its_books_are_right() {
    let world = World::new(&[]).await;
    let crowd = world.crowd();
    let price = crowd.price(&world.ledger).await;
    let account = account(&world.ledger, price).await;
    world.without_limit(&account).await;
    one_balance(&crowd, &world.ledger, &world.sandbox, price, &account).await;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.dump");
    let schema = &world.database.schema;
    succeeds(Command::new("pg_dump").args(["--format=custom", "--schema", schema, "--file"]).arg(&file).arg(server()));

    let name = fresh_name();
    run(format!("CREATE DATABASE {name}")).await;
    let mut fresh: Url = server().parse().unwrap();
    fresh.set_path(&name);
    succeeds(Command::new("pg_restore").args(["--exit-on-error", "--dbname", fresh.as_str()]).arg(&file));
    let (original, restored) = (audit(&world.database.url), audit(&with_schema(fresh.as_str(), schema)));
    run(format!("DROP DATABASE {name} WITH (FORCE)")).await;

    assert!(original["chain"]["position"].as_u64() > Some(250), "{original}");
    assert_eq!(restored["chain"], original["chain"], "the copy ends with another journal");
    assert_eq!(restored["checks"], original["checks"]);
    world.end().await;
}
