//! Starting everything, and stopping it.

use crate::options::Options;
use crate::welcome::Welcome;
use crate::{ready, tour};
use anyhow::Context;
use gateway::{Config, Gateway, ProviderSetting, Secret};
use ledger::{Ledger, NewKey};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sandbox::{KEY_PREFIX, Sandbox};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use uaps_model::{AccessLevel, Catalog, Money};
use url::Url;

const EMAIL: &str = "demo@example.com";
const CREDIT_CENTS: i64 = 10_000;

/// How long open requests may take to end once the process is asked to stop; an MCP client keeps a stream open for ever.
const FAREWELL: Duration = Duration::from_secs(3);

/// The port can't be had. The caller can mend it with another `--port`.
#[derive(Debug)]
pub struct PortUnavailable(String);

impl std::fmt::Display for PortUnavailable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PortUnavailable {}

/// Runs until the process is asked to stop.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(serve(options));
    // A stream that is still open must not keep the process.
    runtime.shutdown_timeout(Duration::from_secs(1));
    result
}

async fn serve(options: &Options) -> anyhow::Result<()> {
    gateway::install_crypto();
    let listener = listen(options.port).await?;
    let address = listener.local_addr()?;
    let root = Url::parse(&format!("http://{address}/"))?;
    let catalog = Arc::new(generated::catalog());
    let database = options.database();
    let ledger = open(&database).await?;

    let sandbox = Sandbox::new(catalog.clone());
    let config = config(&catalog, &root, &database)?;
    let gateway = Gateway::new(config, catalog.clone(), ledger.clone())?;
    let app = axum::Router::new().nest("/sandbox", sandbox.router()).fallback_service(gateway.router());
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut asked = stopped.clone();
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = asked.wait_for(|stop| *stop).await;
    });
    let mut server = tokio::spawn(server.into_future());

    // From here on a signal ends the process in order, even while it is still starting.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let started = async {
        ready::wait(address).await?;
        let text = welcome(&catalog, &root, &ledger, &database).await?;
        say(&text);
        std::future::pending::<anyhow::Result<()>>().await
    };
    tokio::select! {
        failed = started => return failed,
        ended = &mut server => return ended?.context("the server ended by itself"),
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    stop.send_replace(true);
    let farewell = async {
        if tokio::time::timeout(FAREWELL, &mut server).await.is_err() {
            server.abort();
        }
        // A purchase runs on without its caller; what is cut off here is found as unknown by the next run.
        gateway.pipeline().tasks().wait(FAREWELL).await
    };
    tokio::select! {
        _ = farewell => {}
        _ = interrupt.recv() => {}
    }
    say("Stopped\n");
    Ok(())
}

async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    let error = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => return Ok(listener),
        Err(error) => error,
    };
    let reason = match error.kind() {
        std::io::ErrorKind::AddrInUse => "is in use".to_owned(),
        std::io::ErrorKind::PermissionDenied => "may not be used by this user".to_owned(),
        _ => format!("can't be used: {error}"),
    };
    let other = if port == 8080 { 8081 } else { 8080 };
    let mend = format!("choose another with `--port {other}`, or any free one with `--port 0`");
    Err(PortUnavailable(format!("port {port} of 127.0.0.1 {reason}; {mend}")).into())
}

async fn open(database: &Path) -> anyhow::Result<Ledger> {
    if let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("can't make the folder {} for the database", folder.display()))?;
    }
    Ledger::open(&url(database)?).await.with_context(|| {
        format!("can't open the database {}; choose another file with `--database PATH`", database.display())
    })
}

fn url(database: &Path) -> anyhow::Result<String> {
    let path = database.to_str().context("the database's path must be UTF-8; choose another with `--database PATH`")?;
    // A URL's own characters may stand in a file's name.
    const RESERVED: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'?').add(b'#');
    Ok(format!("sqlite://{}", utf8_percent_encode(path, RESERVED)))
}

/// The operator's own settings, but every provider is the sandbox's and the database is the development one.
fn config(catalog: &Catalog, root: &Url, database: &Path) -> anyhow::Result<Config> {
    let mut config = Config::from_env()?;
    config.database_url = url(database)?;
    config.listen = root.authority().to_owned();
    // So that approvals have the address of their page.
    config.public_url.get_or_insert_with(|| root.clone());
    for service in catalog.services() {
        let secret = || Some(Secret::new(format!("{KEY_PREFIX}{}", service.id)));
        let header = http::HeaderValue::try_from(format!("{KEY_PREFIX}{}", service.id))?;
        let setting = ProviderSetting {
            api_key: secret(),
            token: secret(),
            headers: vec![(http::HeaderName::from_static("x-sandbox"), header)],
            base_url: Some(root.join(&format!("sandbox/{}", service.id))?),
        };
        config.providers.set(&service.id, setting);
    }
    Ok(config)
}

async fn welcome(catalog: &Catalog, root: &Url, ledger: &Ledger, database: &Path) -> anyhow::Result<String> {
    let new = NewKey { credit_cents: CREDIT_CENTS, ..NewKey::new(EMAIL, AccessLevel::Authenticated) };
    let created = ledger.create_key(new).await.context("can't make the demo key")?;
    let steps = tour::steps(catalog, root, created.secret.reveal())?;
    let text = Welcome {
        gateway: root.as_str().trim_end_matches('/'),
        database: &database.display().to_string(),
        email: EMAIL,
        key: created.secret.reveal(),
        credit: &Money::usd(CREDIT_CENTS).to_string(),
        services: catalog.entries().iter().map(|entry| entry.id.as_ref()).collect(),
        steps: &steps,
    };
    Ok(text.text())
}

/// Writes to standard output. Whoever closed it wants to read no more, which is no reason to stop serving.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
