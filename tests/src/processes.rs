//! The real gateway as a process, with the sandbox as its providers.

use crate::{Process, binary};
use sandbox::{KEY_PREFIX, Sandbox};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Serves the stand-ins from this process; their address.
pub async fn serve_providers(sandbox: &Sandbox) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = sandbox.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// A port of this machine that nobody listens on just now.
pub async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Starts a gateway on a port of this machine that buys from `service` at `providers`, and looks every second for
/// purchases of unknown outcome. `more` are further variables.
pub fn start_gateway(database: &str, port: u16, providers: &str, service: &str, more: &[(&str, &str)]) -> Process {
    let setting = |name: &str| format!("PROVIDER_{}_{name}", service.to_ascii_uppercase().replace('-', "_"));
    let mut command = Command::new(binary("penumbra-gateway"));
    command
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .env_remove("REDIS_URL")
        .env("DATABASE_URL", database)
        .env("PENUMBRA_RECONCILE_SECONDS", "1")
        .env("PENUMBRA_UPSTREAM_TIMEOUT_SECONDS", "2")
        .env("PENUMBRA_LOG", "off")
        .env(setting("BASE_URL"), format!("{providers}/{service}"))
        .env(setting("API_KEY"), format!("{KEY_PREFIX}{service}"))
        .env(setting("TOKEN"), format!("{KEY_PREFIX}{service}"))
        .envs(more.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Process(command.spawn().expect("the gateway starts"))
}

/// Waits until a gateway is ready.
///
/// # Panics
///
/// If that takes longer than 30 seconds.
pub async fn is_up(url: &str) {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let asked = reqwest::get(format!("{url}/ready")).await;
        if asked.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        assert!(Instant::now() < end, "the gateway at {url} does not come up");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
