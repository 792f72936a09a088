//! Work that must be finished even if the caller hangs up, counted so that shutdown can wait for it.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::Instrument;

/// The count of running tasks. Clones share it.
#[derive(Debug, Clone)]
pub struct Tasks {
    running: Arc<watch::Sender<usize>>,
}

impl Default for Tasks {
    fn default() -> Self {
        Tasks { running: Arc::new(watch::Sender::new(0)) }
    }
}

/// Counts down when dropped, also when the task panics.
struct Running(Arc<watch::Sender<usize>>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n = n.saturating_sub(1));
    }
}

impl Tasks {
    /// Starts a task of its own. Dropping the handle does not stop it.
    pub fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.running.send_modify(|n| *n += 1);
        let guard = Running(self.running.clone());
        let counted = async move {
            let _guard = guard;
            work.await
        };
        tokio::spawn(counted.in_current_span())
    }

    /// How many are running.
    pub fn running(&self) -> usize {
        *self.running.borrow()
    }

    /// Waits until none is running, at most for `limit`. Says whether all are done.
    pub async fn wait(&self, limit: Duration) -> bool {
        let mut running = self.running.subscribe();
        tokio::time::timeout(limit, running.wait_for(|n| *n == 0)).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn shutdown_waits_for_tasks_and_panics_count_down() {
        let tasks = Tasks::default();
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        drop(tasks.spawn(async move { drop(gone.await) }));
        assert!(tasks.spawn(async { panic!("on purpose") }).await.is_err());
        assert_eq!(tasks.running(), 1);
        assert!(!tasks.wait(Duration::from_millis(20)).await);
        go.send(()).unwrap();
        assert!(tasks.wait(Duration::from_secs(5)).await);
    }
}
