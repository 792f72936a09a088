//! The gateway as one value: settings, catalogue, pipeline, and what is made from them once.

use crate::error::GatewayError;
use crate::health::HealthBoard;
use crate::links::Links;
use crate::openapi::Documents;
use crate::payment::Challenges;
use crate::pipeline::{Pipeline, Tasks, Watcher};
use crate::routes::PublishedIndex;
use crate::stripe::Stripe;
use crate::upstream::Upstream;
use crate::{Config, install_crypto, router, server};
use axum::Router;
use ledger::Ledger;
use metatool::{Backend, HttpSettings};
use std::sync::Arc;
use tokio::net::TcpListener;
use uaps_model::{Catalog, Operation, Problem, ProblemKind, Service};

/// A gateway. Cheap to clone; all clones are the same one.
#[derive(Debug, Clone)]
pub struct Gateway {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: Config,
    pipeline: Pipeline,
    health: HealthBoard,
    documents: Documents,
    published: PublishedIndex,
    challenges: Challenges,
    stripe: Option<Stripe>,
}

impl Gateway {
    /// A gateway for `catalog`, with its money in `ledger`.
    pub fn new(config: Config, catalog: Arc<Catalog>, ledger: Ledger) -> Result<Self, GatewayError> {
        install_crypto();
        let upstream = Upstream::new(config.upstream_timeout).map_err(GatewayError::Client)?;
        Gateway::over(config, catalog, ledger, upstream, Watcher::default())
    }

    /// As [`Gateway::new`], with providers behind `upstream` and somebody who may watch the purchases.
    pub fn over(
        config: Config,
        catalog: Arc<Catalog>,
        ledger: Ledger,
        upstream: Upstream,
        watcher: Watcher,
    ) -> Result<Self, GatewayError> {
        install_crypto();
        let health = HealthBoard::new().map_err(GatewayError::Client)?;
        let tasks = Tasks::default();
        let stripe = config
            .stripe
            .clone()
            .map(|settings| Stripe::new(settings, ledger.clone(), upstream.clone(), tasks.clone()));
        let links = Links::new(config.public_url.clone(), stripe.is_some());
        let pipeline = Pipeline::new(&config, catalog, ledger, upstream, tasks, links, watcher);
        let (documents, published, challenges) = (Documents::default(), PublishedIndex::default(), Challenges::new());
        Ok(Gateway { shared: Arc::new(Shared { config, pipeline, health, documents, published, challenges, stripe }) })
    }

    /// Every route. Serve it with connection info, so that anonymous callers are limited by their addresses.
    pub fn router(&self) -> Router {
        self.router_with(metatool::http_service)
    }

    /// As [`Gateway::router`], with another endpoint for assistants in the same place, behind the same checks.
    pub fn router_with(&self, mcp: impl FnOnce(Arc<dyn Backend>, HttpSettings) -> Router) -> Router {
        router::router(self.clone(), mcp)
    }

    /// Serves until `shutdown` is ready, then lets requests and purchases under way finish.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), GatewayError> {
        server::serve(self, listener, shutdown).await
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The way calls take.
    pub fn pipeline(&self) -> &Pipeline {
        &self.shared.pipeline
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Catalog {
        self.shared.pipeline.catalog()
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        self.shared.pipeline.ledger()
    }

    pub(crate) fn health_board(&self) -> &HealthBoard {
        &self.shared.health
    }

    pub(crate) fn challenges(&self) -> &Challenges {
        &self.shared.challenges
    }

    /// Top-ups, where the operator has set them up.
    pub(crate) fn stripe(&self) -> Option<&Stripe> {
        self.shared.stripe.as_ref()
    }

    pub(crate) fn published(&self) -> &PublishedIndex {
        &self.shared.published
    }

    pub(crate) fn documents(&self) -> &Documents {
        &self.shared.documents
    }

    /// A service by its id; the problem names the ones that may have been meant.
    pub(crate) fn service(&self, id: &str) -> Result<&Service, Problem> {
        match self.catalog().get(id) {
            Some(Ok(service)) => Ok(service),
            Some(Err(error)) => {
                tracing::error!(%error, "a service of the catalogue can't be used");
                Err(Problem::new(ProblemKind::Internal, format!("the catalogue of `{id}` can't be used")))
            }
            None => {
                let near = self.catalog().suggest(id);
                let hint =
                    near.first().map_or("GET /services lists them all".into(), |n| format!("did you mean `{n}`?"));
                let shown: String = id.chars().take(80).collect();
                Err(Problem::new(ProblemKind::UnknownService, format!("there is no service `{shown}`; {hint}"))
                    .with("suggestions", near))
            }
        }
    }

    /// A service's operation by its tool name.
    pub(crate) fn operation<'s>(&self, service: &'s Service, tool: &str) -> Result<&'s Operation, Problem> {
        service.operation(tool).ok_or_else(|| {
            let near = uaps_model::nearest(tool, service.operations.iter().map(|op| op.tool.as_str()));
            let hint = near.first().map_or_else(
                || format!("GET /services/{}/tools lists them all", service.id),
                |n| format!("did you mean `{n}`?"),
            );
            let shown: String = tool.chars().take(80).collect();
            Problem::new(ProblemKind::UnknownOperation, format!("`{}` has no tool `{shown}`; {hint}", service.id))
                .with("suggestions", near)
        })
    }
}
