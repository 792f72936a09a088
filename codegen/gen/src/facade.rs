//! The crate `generated`: an index of the catalogue, and a feature for each typed client.

use std::fmt::Write;

/// A file below `generated/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Relative to `generated/`, with forward slashes.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// What the index says of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its category.
    pub category: String,
    /// How many operations it has.
    pub operations: usize,
}

impl From<&uaps_model::Service> for Summary {
    fn from(service: &uaps_model::Service) -> Self {
        Summary {
            id: service.id.to_string(),
            name: service.name.clone(),
            category: service.category.clone(),
            operations: service.operations.len(),
        }
    }
}

/// `Cargo.toml` and `src/lib.rs` of the crate `generated`, for services in any order.
pub fn facade(services: &[Summary]) -> Vec<Output> {
    let mut services: Vec<&Summary> = services.iter().collect();
    services.sort_by(|a, b| a.id.cmp(&b.id));
    vec![
        Output { path: "Cargo.toml".into(), text: manifest(&services) },
        Output { path: "src/lib.rs".into(), text: library(&services) },
    ]
}

const MANIFEST: &str = "\
# Written by `cargo xtask gen`. Edits are lost.
[package]
name = \"generated\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[lints]
workspace = true

[dependencies]
uaps-model.workspace = true
";

fn manifest(services: &[&Summary]) -> String {
    let mut text = MANIFEST.to_owned();
    for Summary { id, .. } in services {
        let _ = writeln!(text, "client-{id} = {{ path = \"clients/{id}\", optional = true }}");
    }
    if !services.is_empty() {
        text.push_str("\n# A typed client each. The servers need none of them.\n[features]\n");
    }
    for Summary { id, .. } in services {
        let _ = writeln!(text, "client-{id} = [\"dep:client-{id}\"]");
    }
    if !services.is_empty() {
        text.push_str("# All of them, and `each_client`.\nclients = [\n");
    }
    for Summary { id, .. } in services {
        let _ = writeln!(text, "    \"client-{id}\",");
    }
    if !services.is_empty() {
        text.push_str("]\n");
    }
    text
}

fn library(services: &[&Summary]) -> String {
    let mut text = String::from(
        "//! Every service that was compiled. Written by `cargo xtask gen`; edits are lost.\n\
         //!\n\
         //! The catalogue is data: one file a service, parsed when it is first asked for, and one for the search. The typed\n\
         //! clients are optional, a feature `client-<id>` each, or `clients` for all of them.\n\n\
         use uaps_model::{Catalog, Entry};\n\n",
    );
    for Summary { id, name, .. } in services {
        let name = name.replace(|c: char| !c.is_alphanumeric() && !" -.,&+'()".contains(c), " ");
        let module = id.replace('-', "_");
        let _ = writeln!(
            text,
            "/// The typed client of {}.\n#[cfg(feature = \"client-{id}\")]\npub use client_{module};\n",
            name.split_whitespace().collect::<Vec<_>>().join(" ")
        );
    }
    text.push_str(&each_client(services));
    text.push_str(
        "/// The services of this build, by id.\npub fn catalog() -> Catalog {\n    Catalog::fixed(&SERVICES)\n}\n\n",
    );
    let _ = writeln!(text, "#[rustfmt::skip]\nstatic SERVICES: [Entry; {}] = [", services.len());
    for Summary { id, name, category, operations } in services {
        // `{:?}` of a string is a Rust literal: quotes, backslashes and what doesn't print are escaped.
        let _ = writeln!(
            text,
            "    Entry::fixed({id:?}, {name:?}, {category:?}, {operations}, \
             include_str!(\"../catalog/{id}.json\"), include_str!(\"../search/{id}.json\")),"
        );
    }
    text.push_str("];\n");
    text
}

/// A macro, because the typed clients have no type in common.
fn each_client(services: &[&Summary]) -> String {
    if services.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "/// An array with what the macro `$each` makes of the id and the module of each typed client, by id.\n\
         #[cfg(feature = \"clients\")]\n\
         #[macro_export]\n\
         macro_rules! each_client {\n    ($each:ident) => {\n        [\n",
    );
    for Summary { id, .. } in services {
        let _ = writeln!(text, "            $each!({id:?}, $crate::client_{}),", id.replace('-', "_"));
    }
    text.push_str("        ]\n    };\n}\n\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(id: &str, name: &str) -> Summary {
        Summary { id: id.into(), name: name.into(), category: "mobility".into(), operations: 3 }
    }

    #[test]
    fn the_index_is_sorted_and_escaped() {
        let files = facade(&[summary("rideshare", "Rides \"quick\"\n\\"), summary("open-meteo", "Open-Meteo")]);
        let [manifest, library] = files.as_slice() else { panic!() };
        insta::assert_snapshot!(manifest.text, @r#"
        # Written by `cargo xtask gen`. Edits are lost.
        [package]
        name = "generated"
        version.workspace = true
        edition.workspace = true
        rust-version.workspace = true
        license.workspace = true
        publish.workspace = true

        [lints]
        workspace = true

        [dependencies]
        uaps-model.workspace = true
        client-open-meteo = { path = "clients/open-meteo", optional = true }
        client-rideshare = { path = "clients/rideshare", optional = true }

        # A typed client each. The servers need none of them.
        [features]
        client-open-meteo = ["dep:client-open-meteo"]
        client-rideshare = ["dep:client-rideshare"]
        # All of them, and `each_client`.
        clients = [
            "client-open-meteo",
            "client-rideshare",
        ]
        "#);
        insta::assert_snapshot!(library.text, @r#"
        //! Every service that was compiled. Written by `cargo xtask gen`; edits are lost.
        //!
        //! The catalogue is data: one file a service, parsed when it is first asked for, and one for the search. The typed
        //! clients are optional, a feature `client-<id>` each, or `clients` for all of them.

        use uaps_model::{Catalog, Entry};

        /// The typed client of Open-Meteo.
        #[cfg(feature = "client-open-meteo")]
        pub use client_open_meteo;

        /// The typed client of Rides quick.
        #[cfg(feature = "client-rideshare")]
        pub use client_rideshare;

        /// An array with what the macro `$each` makes of the id and the module of each typed client, by id.
        #[cfg(feature = "clients")]
        #[macro_export]
        macro_rules! each_client {
            ($each:ident) => {
                [
                    $each!("open-meteo", $crate::client_open_meteo),
                    $each!("rideshare", $crate::client_rideshare),
                ]
            };
        }

        /// The services of this build, by id.
        pub fn catalog() -> Catalog {
            Catalog::fixed(&SERVICES)
        }

        #[rustfmt::skip]
        static SERVICES: [Entry; 2] = [
            Entry::fixed("open-meteo", "Open-Meteo", "mobility", 3, include_str!("../catalog/open-meteo.json"), include_str!("../search/open-meteo.json")),
            Entry::fixed("rideshare", "Rides \"quick\"\n\\", "mobility", 3, include_str!("../catalog/rideshare.json"), include_str!("../search/rideshare.json")),
        ];
        "#);
    }

    #[test]
    fn without_services_it_is_still_a_crate() {
        let text = &facade(&[])[1].text;
        assert!(text.ends_with("static SERVICES: [Entry; 0] = [\n];\n"), "{text}");
    }
}
