//! Contract examples: a call of each tool and the answer it gets.

use crate::File;
use serde_json::json;
use uaps_model::Service;

/// One file for each operation of a compiled provider, `examples/<tool>.json`.
///
/// `call` is the body of `POST /services/<id>/tools/<tool>`; `answer` is what the provider then says.
pub fn examples(service: &Service) -> Vec<File> {
    let files = service.operations.iter().map(|op| {
        let mut value = json!({
            "service": service.id,
            "tool": op.tool,
            "call": { "parameters": op.example.arguments },
            "answer": {
                "status": op.example.status,
                "content_type": op.example.content_type,
                "body": op.example.response,
            },
        });
        value.sort_all_objects();
        // A `Value` of ours always has a text: no map with keys that are no strings, no foreign serialiser.
        File { path: format!("examples/{}.json", op.tool), text: format!("{value:#}\n") }
    });
    files.collect()
}
