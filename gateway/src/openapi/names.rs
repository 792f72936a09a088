//! Schema names of many services in one document.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uaps_model::Service;

const DEFS: &str = "#/$defs/";

/// A service's schema names as component names: `<service>.<name>`, legal and unique.
#[derive(Debug)]
pub struct Names {
    components: BTreeMap<String, String>,
}

impl Names {
    /// The names of a service.
    pub fn of(service: &Service) -> Self {
        let (mut components, mut taken) = (BTreeMap::new(), BTreeSet::new());
        for name in service.schemas.keys() {
            let legal: String = name
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' })
                .collect();
            let mut component = format!("{}.{legal}", service.id);
            let mut n = 2;
            while !taken.insert(component.clone()) {
                component = format!("{}.{legal}.{n}", service.id);
                n += 1;
            }
            components.insert(name.clone(), component);
        }
        Names { components }
    }

    /// The component of a schema.
    pub fn component(&self, name: &str) -> String {
        self.components.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// A copy of a schema whose references point to components.
    pub fn rewrite(&self, schema: &Value) -> Value {
        match schema {
            Value::Object(members) => members
                .iter()
                .map(|(key, value)| {
                    let target = (key == "$ref").then(|| value.as_str().and_then(|r| r.strip_prefix(DEFS))).flatten();
                    let value = match target {
                        Some(name) => {
                            let name = name.replace("~1", "/").replace("~0", "~");
                            format!("#/components/schemas/{}", self.component(&name)).into()
                        }
                        None => self.rewrite(value),
                    };
                    (key.clone(), value)
                })
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Value::Array(items) => items.iter().map(|item| self.rewrite(item)).collect(),
            scalar => scalar.clone(),
        }
    }
}
