//! Health of the process, of its dependencies, of a service.

use tests::TestContext;

#[tokio::test]
async fn the_process_and_each_service_answer() {
    let context = TestContext::start().await;
    context.get("/health", None).await.expect(200);
    context.get("/ready", None).await.expect(200);
    for service in context.catalog.services() {
        let health = context.get(&format!("/{}/health", service.id), None).await;
        assert_eq!(health.expect(200)["status"], "ok", "{}", health.text);
    }
}

#[tokio::test]
async fn a_service_without_its_credential_says_so_and_the_others_go_on() {
    let context = TestContext::with(std::sync::Arc::new(generated::catalog()), |config| {
        config.providers.set(&"rideshare".parse().expect("an id"), gateway::ProviderSetting::default());
    })
    .await;
    let health = context.get("/rideshare/health", None).await;
    assert_eq!(health.body["status"], "unconfigured", "{}", health.text);
    assert!(health.text.contains("PROVIDER_RIDESHARE_API_KEY"), "{}", health.text);

    let key = context.key(10_000).await;
    let call = context
        .call("rideshare", "list_ride_options", Some(&key), context.example("rideshare", "list_ride_options"))
        .await;
    call.problem("credential-missing");
    assert_eq!(context.sandbox.requests().len(), 0);
    context.call("open-meteo", "get_forecast", None, context.example("open-meteo", "get_forecast")).await.expect(200);
}
