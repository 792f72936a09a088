//! Serving, and stopping without losing anything.

use crate::{Gateway, GatewayError};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What connections get beyond the time a provider may take, once the gateway is to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `shutdown`; then requests under way may finish, and purchases must.
pub async fn serve(
    gateway: &Gateway,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), GatewayError> {
    gateway.pipeline().limits().open().await;
    let (stop, stopped) = watch::channel(false);
    let signal = async move {
        shutdown.await;
        tracing::info!("stopping: requests under way may finish");
        let _ = stop.send(true);
    };
    let app = gateway.router().into_make_service_with_connect_info::<SocketAddr>();
    let server = async { axum::serve(listener, app).with_graceful_shutdown(signal).await };
    let limit = gateway.config().upstream_timeout + GRACE;
    // A connection that never ends, such as a slow download, must not keep the process alive for ever.
    let mut asked = stopped.clone();
    let deadline = async {
        let told = asked.wait_for(|stop| *stop).await.is_ok();
        if told {
            tokio::time::sleep(limit).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    let reconcile = tokio::spawn({
        let (pipeline, how, stopped) =
            (gateway.pipeline().clone(), gateway.config().reconcile.clone(), stopped.clone());
        async move { pipeline.reconcile(how, stopped).await }
    });
    let topups = gateway.stripe().cloned().map(|stripe| {
        let stopped = stopped.clone();
        tokio::spawn(async move { stripe.reconcile_daily(stopped).await })
    });
    let served = tokio::select! {
        served = server => served.map_err(GatewayError::Serve),
        () = deadline => {
            tracing::warn!("some connections did not end in time and are closed");
            Ok(())
        }
    };
    // Two provider calls (a quote and an order) and the ledger are the most that a purchase waits for.
    let limit = gateway.config().upstream_timeout * 2 + GRACE;
    // A pass under way asks providers, which has limits of its own; what it has not settled stays unknown.
    let _ = tokio::time::timeout(limit, reconcile).await;
    // A pass over top-ups may take long, and the next gateway makes it again.
    if let Some(topups) = topups {
        topups.abort();
    }
    let tasks = gateway.pipeline().tasks();
    if tasks.running() > 0 {
        tracing::info!(running = tasks.running(), "waiting for purchases under way");
    }
    if !tasks.wait(limit).await {
        tasks.give_up();
        tracing::error!(running = tasks.running(), "purchases are still under way; they will be found as unknown");
    }
    served
}
