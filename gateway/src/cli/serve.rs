//! `serve`.

use super::{create, print};
use crate::{Config, Gateway};
use anyhow::anyhow;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use uaps_model::Catalog;

pub(super) async fn serve(config: Config, mut catalog: Catalog) -> anyhow::Result<()> {
    if let Some(folder) = &config.catalog {
        catalog = crate::extend(&catalog, folder)?;
    }
    warn_about_strangers(&config, &catalog);
    let listen = config.listen.clone();
    let listener = TcpListener::bind(&listen).await.map_err(|error| {
        anyhow!("can't listen on `{listen}`: {error}; give another address with --listen HOST:PORT")
    })?;
    let stop = stop_signal()?;
    let ledger = create(&config).await?;
    let gateway = Gateway::new(config, Arc::new(catalog), ledger.clone())?;
    print(&format!("Penumbra listens on http://{}", listener.local_addr()?))?;
    gateway.serve(listener, stop).await?;
    ledger.close().await;
    Ok(())
}

/// A setting for a provider that does not exist is nearly always a misspelt name.
fn warn_about_strangers(config: &Config, catalog: &Catalog) {
    let known: Vec<String> = catalog.entries().iter().map(|e| e.id.to_ascii_uppercase().replace('-', "_")).collect();
    for name in config.providers.names().filter(|name| !known.iter().any(|k| k == name)) {
        let near = uaps_model::nearest(name, known.iter().map(String::as_str));
        let hint = near.first().map(|near| format!("; did you mean PROVIDER_{near}_…?")).unwrap_or_default();
        tracing::warn!("PROVIDER_{name}_… is set, but no service is called so{hint}");
    }
}

/// Ready on SIGINT or SIGTERM. They are caught from this call on, not only once somebody waits.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
