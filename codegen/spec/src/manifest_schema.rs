//! The JSON Schema of `provider.yaml`, for editors.

use serde_json::{Value, json};

/// A 2020-12 schema that editors use for completion and early warnings. [`crate::Manifest::read`] has the last word.
pub fn manifest_schema() -> Value {
    let level = json!({ "enum": ["anonymous", "identified", "authenticated"] });
    let count = json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Penumbra provider manifest",
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "name", "description", "category", "upstream", "auth", "endpoints"],
        "properties": {
            "id": { "type": "string", "pattern": "^[a-z][a-z0-9-]{1,39}$", "description": "The provider's id: the name of its folder and the first segment of its URLs" },
            "name": { "type": "string", "minLength": 1, "maxLength": 80, "description": "Its name for people" },
            "description": { "type": "string", "minLength": 1, "maxLength": 2000, "description": "What it does, in a paragraph" },
            "category": { "type": "string", "minLength": 1, "maxLength": 40, "description": "One word, such as information or mobility" },
            "tags": { "type": "array", "items": { "type": "string", "minLength": 1 }, "description": "Words an assistant may search by" },
            "upstream": { "type": "string", "format": "uri", "description": "Base URL of the provider; operation paths are appended" },
            "source": {
                "type": "object",
                "additionalProperties": false,
                "required": ["url", "sha256"],
                "properties": {
                    "url": { "type": "string", "description": "Where the document came from" },
                    "sha256": { "type": "string", "pattern": "^[0-9a-fA-F]{64}$", "description": "Its hash when it came" },
                    "bundled": {
                        "type": "array",
                        "description": "The files that it was bundled from, itself first; scaffold-provider writes them",
                        "items": {
                            "type": "object",
                            "additionalProperties": false,
                            "required": ["file", "sha256"],
                            "properties": {
                                "file": { "type": "string", "description": "Its address, or its path below the document's folder" },
                                "sha256": { "type": "string", "pattern": "^[0-9a-fA-F]{64}$", "description": "Its hash when it came" }
                            }
                        }
                    }
                }
            },
            "auth": {
                "type": "object",
                "additionalProperties": false,
                "required": ["scheme"],
                "properties": {
                    "scheme": { "enum": ["none", "apiKey", "oauth2", "jwt", "custom"], "description": "How the gateway proves itself to the provider" },
                    "in": { "enum": ["header", "query"], "description": "Where an apiKey goes" },
                    "name": { "type": "string", "description": "The header or parameter of an apiKey" }
                }
            },
            "endpoints": { "type": "string", "description": "File name of the OpenAPI document, beside the manifest" },
            "rate_limits": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "default_per_minute": count, "burst": count }
            },
            "access": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "read": level, "write": level, "purchase": { "enum": ["identified", "authenticated"] } }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_schema_and_the_reader_know_the_same_fields() {
        let schema = super::manifest_schema();
        let described: BTreeSet<_> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(described, crate::manifest::FIELDS.into_iter().collect());
    }
}
