//! What a server says while a call runs: progress, messages, changed lists.

use crate::handler::Shared;
use crate::json::typed;
use rmcp::model::{ProgressNotificationParam, ProtocolVersion, ServerNotification};
use rmcp::service::{RequestContext, ServiceError};
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Long enough that two notices are two events.
const PAUSE: Duration = Duration::from_millis(50);

/// A list that is not what it was.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    Tools,
    Prompts,
}

/// Tells those who listen. There need be none.
pub fn change(shared: &Shared, change: Change) {
    let _ = shared.changes.send(change);
}

/// Three steps, told if the request has a token for it.
pub async fn progress(context: &RequestContext<RoleServer>) -> Result<(), ErrorData> {
    for done in [0.0, 50.0, 100.0] {
        if let Some(token) = context.meta.get_progress_token() {
            let step = ProgressNotificationParam::new(token, done).with_total(100.0);
            context.peer.notify_progress(step).await.map_err(unsent)?;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Three messages of level `info`, if the client wants them.
pub async fn log(shared: &Shared, context: &RequestContext<RoleServer>) -> Result<(), ErrorData> {
    for said in ["begun", "half done", "done"] {
        if wants_info(shared, context) {
            let message = json!({"method": "notifications/message", "params": {"level": "info", "data": said}});
            context.peer.send_notification(typed::<ServerNotification>(message)?).await.map_err(unsent)?;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Since 2026-07-28 each request says what it wants to hear, and silence means nothing.
fn wants_info(shared: &Shared, context: &RequestContext<RoleServer>) -> bool {
    match context.protocol_version() {
        Some(version) if version.as_str() >= ProtocolVersion::V_2026_07_28.as_str() => {
            context.meta.log_level().is_some_and(|level| includes_info(&json!(level)))
        }
        _ => !shared.quiet.load(Ordering::Relaxed),
    }
}

/// Whether messages of level `info` belong to those of at least `level`.
pub fn includes_info(level: &Value) -> bool {
    level == "debug" || level == "info"
}

fn unsent(error: ServiceError) -> ErrorData {
    ErrorData::internal_error(format!("the client can't be told: {error}"), None)
}
