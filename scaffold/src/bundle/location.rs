//! Where a file is: below the document's folder, or on its host.

use url::Url;

/// Where a file of the document stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// A file, by its path below the folder of the document: `schemas/pet.yaml`. No `..` in it.
    File(String),
    /// A file of the web.
    Url(Url),
}

/// Why a reference is not followed. The text completes the sentence "the reference …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) reason: String,
    pub(crate) help: String,
}

fn refused<T>(reason: impl Into<String>, help: &str) -> Result<T, Refused> {
    Err(Refused { reason: reason.into(), help: help.to_owned() })
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Location::File(path) => f.write_str(path),
            Location::Url(url) => f.write_str(url.as_str()),
        }
    }
}

impl Location {
    /// The file that `reference`, without its fragment, names from here.
    pub(crate) fn join(&self, reference: &str) -> Result<Location, Refused> {
        match self {
            Location::Url(base) => join_url(base, reference),
            Location::File(base) => join_path(base, reference).map(Location::File),
        }
    }

    /// The file's name without its ending.
    pub(crate) fn stem(&self) -> String {
        let path = match self {
            Location::File(path) => path.as_str(),
            Location::Url(url) => url.path(),
        };
        let mut names = path.rsplit('/').filter(|name| !name.is_empty());
        let file = names.next().unwrap_or("file");
        let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
        // An `index.yaml` is named by its folder.
        let name = if matches!(stem, "index" | "_index" | "") { names.next().unwrap_or(stem) } else { stem };
        uaps_spec::unescape(name)
    }
}

fn join_url(base: &Url, reference: &str) -> Result<Location, Refused> {
    let Ok(url) = base.join(reference) else {
        return refused(
            "is no address",
            "correct it in the vendor's document, or say by the overlay what stands there",
        );
    };
    if (url.scheme(), url.host(), url.port_or_known_default())
        != (base.scheme(), base.host(), base.port_or_known_default())
        || !url.username().is_empty()
        || url.password().is_some()
    {
        let help = "save that file and the document in one folder, make the reference relative, and give the path of the document";
        return refused(format!("leads to another host than {}", base.host_str().unwrap_or("the document's")), help);
    }
    let mut url = url;
    url.set_fragment(None);
    Ok(Location::Url(url))
}

fn join_path(base: &str, reference: &str) -> Result<String, Refused> {
    let reference = uaps_spec::unescape(&reference.replace('~', "~0")).replace('\\', "/");
    if Url::parse(&reference).is_ok() || reference.starts_with("//") {
        let help = "save that file beside the document and make the reference relative; or give the document by its URL, where both have one host";
        return refused("leads away from the document's folder", help);
    }
    if reference.starts_with('/') || reference.contains(['\0', ':']) {
        return refused("is an absolute path", "only files below the document's folder are read; make it relative");
    }
    let mut segments: Vec<&str> = base.split('/').collect();
    segments.pop();
    for segment in reference.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                if segments.pop().is_none() {
                    let help = "only files below the document's folder are read; move the document up to the folder that holds them all";
                    return refused("leads above the document's folder", help);
                }
            }
            name => segments.push(name),
        }
    }
    Ok(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, reference: &str, expected: &str) {
        let base = Url::parse(base).map_or_else(|_| Location::File(base.to_owned()), Location::Url);
        let found = base.join(reference).map_or_else(|refused| refused.reason, |found| found.to_string());
        assert_eq!(found, expected, "{reference}");
    }

    #[test]
    fn files_are_relative_to_the_file_that_names_them() {
        check("openapi.yaml", "schemas/Pet.yaml", "schemas/Pet.yaml");
        check("schemas/Pet.yaml", "../common.json", "common.json");
        check("schemas/Pet.yaml", "./a%20b.yaml", "schemas/a b.yaml");
        check("schemas/Pet.yaml", "..\\common.json", "common.json");
        check("schemas/Pet.yaml", "../../etc/passwd", "leads above the document's folder");
        check("schemas/Pet.yaml", "%2e%2e/%2e%2e/etc/passwd", "leads above the document's folder");
        check("openapi.yaml", "/etc/passwd", "is an absolute path");
        check("openapi.yaml", "file:///etc/passwd", "leads away from the document's folder");
        check("openapi.yaml", "C:\\boot.ini", "leads away from the document's folder");
        check("openapi.yaml", "https://api.example/a.yaml", "leads away from the document's folder");
        check("openapi.yaml", "//host/a.yaml", "leads away from the document's folder");
    }

    #[test]
    fn addresses_stay_on_their_host() {
        let base = "https://api.example/v1/openapi.yaml";
        check(base, "schemas/Pet.yaml", "https://api.example/v1/schemas/Pet.yaml");
        check(base, "../common.json", "https://api.example/common.json");
        check(base, "https://api.example/x.yaml", "https://api.example/x.yaml");
        check(base, "https://other.example/x.yaml", "leads to another host than api.example");
        check(base, "http://api.example/x.yaml", "leads to another host than api.example");
        check(base, "https://api.example:8443/x.yaml", "leads to another host than api.example");
        check(base, "https://me:pw@api.example/x.yaml", "leads to another host than api.example");
        check(base, "file:///etc/passwd", "leads to another host than api.example");
        check(base, "//other.example/x.yaml", "leads to another host than api.example");
    }

    #[test]
    fn stems() {
        assert_eq!(Location::File("schemas/Pet.v2.yaml".into()).stem(), "Pet");
        assert_eq!(Location::File("schemas/pet/index.yaml".into()).stem(), "pet");
        assert_eq!(Location::Url(Url::parse("https://a.example/x/Pet%20One.json").unwrap()).stem(), "Pet One");
    }
}
