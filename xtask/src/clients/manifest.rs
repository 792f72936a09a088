//! The manifests of a workspace that holds nothing but clients and what calls them.

/// What a client, and the program that calls it, may depend on. Each crate of the workspace names all of it, so that
/// cargo builds every dependency once, with the same features, whichever client is being looked at.
const DEPENDENCIES: &str = "\
base64.workspace = true
futures.workspace = true
http.workspace = true
progenitor-client.workspace = true
reqwest.workspace = true
rustls.workspace = true
serde.workspace = true
serde_json.workspace = true
sha2.workspace = true
tokio.workspace = true
";

/// The project's own `Cargo.toml` with other members: versions, lints and profiles stay, so that what is built for the
/// one serves the other. Dependencies of ours are left out; a client has none.
///
/// Clients are large and nobody debugs them, so `packages` are built without debug information.
pub(super) fn workspace_of_clients(project: &str, packages: &[String]) -> String {
    let mut out = String::new();
    let mut in_list = false;
    for line in project.lines() {
        let key = line.split('=').next().unwrap_or_default().trim();
        let has_path = line.contains("path = \"");
        match (in_list, key) {
            (true, _) => in_list = !line.trim_end().ends_with(']'),
            (false, "members") => {
                out.push_str("members = [\"callers/*\", \"clients/*\"]\n");
                in_list = !line.trim_end().ends_with(']');
            }
            (false, "default-members" | "exclude") => in_list = !line.trim_end().ends_with(']'),
            (false, _) if has_path => {}
            (false, _) => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    for package in packages {
        out.push_str(&format!("\n[profile.dev.package.{package}]\ndebug = false\n"));
    }
    out
}

/// The manifest of a program that calls the client `id`; without an id it only has the dependencies built.
pub(super) fn caller(name: &str, id: Option<&str>) -> String {
    let client = id.map_or_else(String::new, |id| {
        format!("client = {{ package = \"client-{id}\", path = \"../../clients/{id}\" }}\n")
    });
    format!(
        "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\npublish.workspace = true\n\n\
         [dependencies]\n{client}{DEPENDENCIES}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_change_and_the_rest_stays() {
        let project = "[workspace]\nresolver = \"3\"\nmembers = [\n  \"a\",\n]\n# Why.\ndefault-members = [\"a\"]\n\n\
                       [workspace.dependencies]\nours = { path = \"ours\" }\nserde = \"1\"\n";
        assert_eq!(
            workspace_of_clients(project, &["client-a".into()]),
            "[workspace]\nresolver = \"3\"\nmembers = [\"callers/*\", \"clients/*\"]\n# Why.\n\n\
             [workspace.dependencies]\nserde = \"1\"\n\n[profile.dev.package.client-a]\ndebug = false\n"
        );
    }
}
