//! Two gateways that start at one moment.

use crate::world::World;
use tests::crowd::{key_with, rounds};

#[tokio::test(flavor = "multi_thread")]
async fn both_come_up_on_an_empty_database_at_the_same_moment() {
    for _ in 0..rounds(3) {
        // It waits for both, and takes either for nothing that it is not.
        let world = World::new(&[]).await;
        let (key, _) = key_with(&world.ledger, 4200).await;
        for url in &world.urls {
            let me = reqwest::Client::new().get(format!("{url}/v1/me")).bearer_auth(&key).send().await.unwrap();
            let me = tests::Answer::of(me).await;
            assert_eq!(me.expect(200)["balance"]["available_cents"], 4200);
            let ready = tests::Answer::of(reqwest::get(format!("{url}/ready")).await.unwrap()).await;
            assert_eq!(ready.expect(200)["redis"], "ok");
        }
        world.end().await;
    }
}
