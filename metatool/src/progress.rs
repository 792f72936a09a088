//! Signs of life while a call takes long, for clients that asked for them.

use rmcp::RoleServer;
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;
use std::time::Duration;

/// Most calls are over before the first sign.
const FIRST: Duration = Duration::from_secs(2);
/// Between two signs. Clients take silence for a hang after a minute or so.
const EVERY: Duration = Duration::from_secs(5);

/// Waits for `call`, and tells the client now and then for how many seconds, if its request carries a progress token.
pub(crate) async fn told<T>(context: &RequestContext<RoleServer>, what: &str, call: impl Future<Output = T>) -> T {
    let Some(token) = context.meta.get_progress_token() else { return call.await };
    let mut call = std::pin::pin!(call);
    let (mut waited, mut pause) = (Duration::ZERO, FIRST);
    loop {
        match tokio::time::timeout(pause, &mut call).await {
            Ok(answer) => return answer,
            Err(_) => {
                waited += pause;
                pause = EVERY;
                let seconds = waited.as_secs();
                let sign = ProgressNotificationParam::new(token.clone(), waited.as_secs_f64())
                    .with_message(format!("{what}: {seconds} s"));
                // A client that is gone cancels the call itself.
                let _ = context.peer.notify_progress(sign).await;
            }
        }
    }
}
