//! The manifest of a workspace that holds nothing but clients.

/// The project's own `Cargo.toml` with other members: versions, lints and profiles stay, so that what is built for the
/// one serves the other. Dependencies of ours are left out; a client has none.
pub(super) fn workspace_of_clients(project: &str) -> String {
    let mut out = String::new();
    let mut in_list = false;
    for line in project.lines() {
        let key = line.split('=').next().unwrap_or_default().trim();
        let has_path = line.contains("path = \"");
        match (in_list, key) {
            (true, _) => in_list = !line.trim_end().ends_with(']'),
            (false, "members") => {
                out.push_str("members = [\"clients/*\"]\n");
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
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_change_and_the_rest_stays() {
        let project = "[workspace]\nresolver = \"3\"\nmembers = [\n  \"a\",\n]\n# Why.\ndefault-members = [\"a\"]\n\n\
                       [workspace.dependencies]\nours = { path = \"ours\" }\nserde = \"1\"\n";
        assert_eq!(
            workspace_of_clients(project),
            "[workspace]\nresolver = \"3\"\nmembers = [\"clients/*\"]\n# Why.\n\n[workspace.dependencies]\nserde = \"1\"\n"
        );
    }
}
