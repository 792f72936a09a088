//! What the newcomer reads first.

use crate::tour::Step;
use serde_json::json;
use std::fmt::Write;

/// What there is to say.
pub struct Welcome<'w> {
    /// `http://127.0.0.1:8080`, without a final slash.
    pub gateway: &'w str,
    /// The database's file.
    pub database: &'w str,
    /// The demo key's owner.
    pub email: &'w str,
    /// The demo key in clear.
    pub key: &'w str,
    /// What the demo key may spend, for people.
    pub credit: &'w str,
    /// The ids of the providers that the sandbox plays.
    pub services: Vec<&'w str>,
    /// What to try.
    pub steps: &'w [Step],
}

impl Welcome<'_> {
    /// The whole text.
    pub fn text(&self) -> String {
        let Welcome { gateway, database, email, key, credit, steps, .. } = self;
        let mut out =
            String::from("Penumbra is ready. It all runs in this one process; no request leaves this machine.\n\n");
        let mut row = |name: &str, value: &str, note: &str| {
            // Writing to a String can't fail.
            let _ = writeln!(out, "  {name:<9} {value:<36} {note}");
        };
        row("gateway", gateway, "REST; described at /openapi.json");
        row("metatool", &format!("{gateway}/mcp"), "MCP, five tools for every service");
        row("sandbox", &format!("{gateway}/sandbox/…"), &format!("plays {}", list(&self.services)));
        row("database", database, "kept from run to run");
        row("account", email, &format!("{credit} of credit, may buy"));
        let _ = writeln!(out, "\n  key       {key}\n\nTry it:\n");
        for step in *steps {
            let _ = writeln!(out, "  # {}\n  {}\n", step.title, step.command);
        }
        let server = json!({
            "type": "http",
            "url": format!("{gateway}/mcp"),
            "headers": {"Authorization": format!("Bearer {key}")},
        });
        let settings = json!({"mcpServers": {"penumbra": server}});
        let _ = writeln!(out, "In an MCP client's settings:\n\n{settings:#}\n\nStop with Ctrl-C");
        out
    }
}

fn list(services: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown = services.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match services.len().saturating_sub(SHOWN) {
        0 if services.is_empty() => "no service; `cargo xtask gen` compiles specs/ into some".to_owned(),
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut() {
        assert_eq!(list(&["a", "b"]), "a, b");
        assert_eq!(list(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
        assert!(list(&[]).contains("xtask gen"));
    }
}
