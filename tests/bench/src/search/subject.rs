//! Services of a file as the compiler would have made them, and what each is about.

use anyhow::Context;
use encoder::{Encoder, Words};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use uaps_model::{
    AccessLevel, AccessPolicy, Auth, AuthScheme, Catalog, Example, FORMAT, Facts, Hints, Meaning, Method, Operation,
    RateLimits, Service, ServiceId, ToolName, words,
};

/// What one process hands to the other.
#[derive(Debug, Serialize)]
pub(super) struct Prepared<'s> {
    pub(super) small: &'s Subject,
    pub(super) large: &'s Subject,
}

/// Services with their meanings, in the catalogue's order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Subject {
    services: Vec<(Service, Meaning)>,
    /// Where the service of a file's id is.
    places: HashMap<String, usize>,
}

/// A service as the file has it.
#[derive(Debug, Deserialize)]
struct Given {
    id: String,
    description: String,
}

impl Subject {
    /// Reads the file's text and describes each service.
    pub(super) fn describe(text: &str) -> anyhow::Result<Self> {
        let given: Vec<Given> = serde_json::from_str(text)?;
        let mut named: BTreeMap<String, (String, Service)> = BTreeMap::new();
        for (at, given) in given.into_iter().enumerate() {
            let id = id(&given.id, at, &named)?;
            let service = service(id.clone(), &given.id, &given.description);
            named.insert(id.to_string(), (given.id, service));
        }
        let (encoder, common) = (Encoder::new(encoder::model())?, Words::linked()?);
        let places = named.values().enumerate().map(|(at, (id, _))| (id.clone(), at)).collect();
        let describe = |service: Service| {
            let meaning = encoder::describe(&encoder, &common, &service, None);
            (service, meaning)
        };
        Ok(Subject { services: named.into_values().map(|(_, service)| describe(service)).collect(), places })
    }

    pub(super) fn len(&self) -> usize {
        self.services.len()
    }

    /// Whether the service with the file's `id` is at a place of the catalogue.
    pub(super) fn is_at(&self, id: &str, entry: usize) -> bool {
        self.places.get(id) == Some(&entry)
    }

    /// The file's id of the service at a place of the catalogue.
    pub(super) fn name(&self, entry: usize) -> Option<&str> {
        self.places.iter().find(|(_, place)| **place == entry).map(|(id, _)| id.as_str())
    }

    pub(super) fn catalog(&self) -> anyhow::Result<Catalog> {
        let texts = self.services.iter().map(|(service, _)| serde_json::to_string(service));
        let catalog = Catalog::from_json(texts.collect::<Result<Vec<_>, _>>()?).map_err(|e| anyhow::anyhow!("{e}"))?;
        let meanings: HashMap<&str, &Meaning> = self.services.iter().map(|(s, m)| (s.id.as_str(), m)).collect();
        let of = |service: &Service| meanings.get(service.id.as_str()).map(|meaning| (*meaning).clone());
        Ok(catalog.with_meanings(of))
    }

    /// The same services again and again until there are `count`, with tools that do what other services do.
    pub(super) fn grown(&self, count: usize, tools: usize) -> Self {
        let mut services: Vec<(Service, Meaning)> = Vec::with_capacity(count);
        for (at, (service, meaning)) in self.services.iter().cycle().enumerate().take(count) {
            let (mut service, mut meaning) = (service.clone(), meaning.clone());
            if let Ok(id) = ServiceId::new(format!("service-{at:06}")) {
                service.id = id;
            }
            for tool in 0..tools {
                let Some((other, about)) = self.services.get((at * 7 + tool * 13) % self.services.len()) else {
                    continue;
                };
                let Ok(name) = ToolName::new(format!("{}_{tool}", other.id.as_str().replace('-', "_"))) else {
                    continue;
                };
                meaning.tools.insert(name.to_string(), about.service.clone());
                service.operations.push(operation(name, &other.description));
            }
            services.push((service, meaning));
        }
        Subject { services, places: HashMap::new() }
    }
}

/// The file's id in small letters, or a number where that is none of ours.
fn id(given: &str, at: usize, taken: &BTreeMap<String, (String, Service)>) -> anyhow::Result<ServiceId> {
    let own = ServiceId::new(words(given).join("-")).ok().filter(|id| !taken.contains_key(id.as_str()));
    match own {
        Some(id) => Ok(id),
        None => ServiceId::new(format!("service-{at}")).map_err(|e| anyhow::anyhow!("service-{at} {e}")).context("id"),
    }
}

fn service(id: ServiceId, name: &str, description: &str) -> Service {
    Service {
        format: FORMAT,
        id,
        name: name.to_owned(),
        description: description.to_owned(),
        category: String::new(),
        tags: Vec::new(),
        version: "1".to_owned(),
        upstream: "https://api.example.com".to_owned(),
        auth: Auth { scheme: AuthScheme::None, place: None, name: None },
        rate_limits: RateLimits::default(),
        access: AccessPolicy::default(),
        facts: Facts::default(),
        servers: Vec::new(),
        security_schemes: BTreeMap::new(),
        operations: Vec::new(),
        schemas: BTreeMap::new(),
    }
}

fn operation(tool: ToolName, title: &str) -> Operation {
    Operation {
        operation_id: tool.to_string(),
        tool,
        method: Method::Get,
        path: "/".to_owned(),
        title: title.to_owned(),
        description: String::new(),
        tags: Vec::new(),
        deprecated: false,
        access: AccessLevel::Anonymous,
        fee_cents: 0,
        commerce: None,
        hints: Hints { read_only: true, destructive: false, idempotent: true },
        security: Vec::new(),
        servers: Vec::new(),
        params: Vec::new(),
        body: None,
        responses: Vec::new(),
        input: serde_json::json!({"type": "object"}),
        output: None,
        example: Example { arguments: serde_json::json!({}), status: 200, content_type: None, response: None },
    }
}
