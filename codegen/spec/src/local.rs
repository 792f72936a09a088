//! Whether an address is this machine's own.

use url::{Host, Url};

/// Whether a URL leads to this machine: `localhost`, a name below it, or a loopback address. Nothing is looked up.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: bool) {
        assert_eq!(is_loopback(&Url::parse(url).unwrap()), expected, "{url}");
    }

    #[test]
    fn this_machine() {
        check("http://localhost:8080/v1", true);
        check("http://LOCALHOST", true);
        check("http://api.localhost", true);
        check("http://127.0.0.1", true);
        check("http://127.255.0.9", true);
        check("http://2130706433", true);
        check("http://[::1]:1", true);
        check("http://[::ffff:127.0.0.1]", true);
        check("http://localhost.example", false);
        check("http://notlocalhost", false);
        check("http://10.0.0.1", false);
        check("http://0.0.0.0", false);
        check("file:///etc", false);
    }
}
