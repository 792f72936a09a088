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
    given_up: Arc<watch::Sender<bool>>,
}

impl Default for Tasks {
    fn default() -> Self {
        Tasks { running: Arc::new(watch::Sender::new(0)), given_up: Arc::new(watch::Sender::new(false)) }
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

    /// Tells those that try something again and again that the process ends.
    pub fn give_up(&self) {
        self.given_up.send_replace(true);
    }

    /// Pauses. Says whether the process ends, and then at once.
    pub async fn given_up_within(&self, pause: Duration) -> bool {
        let mut given_up = self.given_up.subscribe();
        tokio::time::timeout(pause, given_up.wait_for(|given_up| *given_up)).await.is_ok()
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
