//! Over stdio: the metatool as a process of its own, in front of a gateway.

use super::session::visit;
use rmcp::ServiceExt;
use rmcp::transport::TokioChildProcess;
use tests::{TestContext, binary};

#[tokio::test]
async fn an_assistant_on_the_desktop_buys_dinner() {
    let context = TestContext::start().await;
    let key = context.key(100_000).await;
    let mut command = tokio::process::Command::new(binary("penumbra-metatool"));
    let cache = tempfile::tempdir().expect("a temporary folder");
    command.args(["--gateway", &context.url]).env("PENUMBRA_API_KEY", &key).env("XDG_CACHE_HOME", cache.path());
    let client = ().serve(TokioChildProcess::new(command).expect("it starts")).await.expect("the session opens");
    visit(&client, &context, &key).await;
    client.cancel().await.expect("the session closes");
}
