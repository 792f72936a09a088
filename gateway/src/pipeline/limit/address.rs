//! Where Redis is.

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};
use std::fmt;
use std::str::FromStr;

/// The address of a Redis, with what it takes to log in. Neither `Debug` nor `Display` shows a password.
#[derive(Clone)]
pub struct RedisAddress(ConnectionInfo);

impl RedisAddress {
    pub(super) fn info(&self) -> ConnectionInfo {
        self.0.clone()
    }
}

impl FromStr for RedisAddress {
    type Err = String;

    /// Reads a URL. An error says what is wrong, and repeats nothing but the scheme: the rest may hold a password.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const TAKES: &str = "it takes redis://USER:PASSWORD@HOST:PORT/NUMBER (all but HOST may be left out), rediss:// with TLS, or unix:///PATH";
        let scheme = text.split(':').next().filter(|scheme| scheme.len() < text.len());
        match scheme.map(str::to_ascii_lowercase).as_deref() {
            Some("redis" | "rediss" | "unix") => {}
            Some(scheme) => return Err(format!("has the unknown scheme `{}`; {TAKES}", scheme.escape_debug())),
            None => return Err(format!("has no scheme; {TAKES}")),
        }
        let info = text.into_connection_info().map_err(|_| format!("can't be read; {TAKES}"))?;
        if !info.addr().is_supported() {
            return Err(format!("asks for a connection that this gateway can't make; {TAKES}"));
        }
        Ok(RedisAddress(info))
    }
}

impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => write!(f, "{host}:{port}"),
            other => write!(f, "{other}"),
        }
    }
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        let read = url.parse::<RedisAddress>();
        let shown = read.map_or_else(|error| error.split(';').next().unwrap_or_default().to_owned(), |a| a.to_string());
        assert_eq!(shown, expected, "{url}");
    }

    #[test]
    fn urls() {
        check("redis://127.0.0.1", "127.0.0.1:6379");
        check("redis://me:s3cr3t@cache.example:6380/2", "cache.example:6380");
        check("rediss://:s3cr3t@cache.example", "cache.example:6379");
        check("unix:///run/redis.sock", "/run/redis.sock");
        check("", "has no scheme");
        check("s3cr3t", "has no scheme");
        check("http://s3cr3t@cache.example", "has the unknown scheme `http`");
        check("redis://:s3cr3t@", "can't be read");
        check("redis://:s3cr3t@cache.example/number", "can't be read");
        check("redis://:s3cr3t@cache.example:99999", "can't be read");
    }

    #[test]
    fn the_password_is_never_shown() {
        let address: RedisAddress = "redis://me:s3cr3t@cache.example".parse().unwrap();
        assert_eq!(format!("{address:?} {address}"), "RedisAddress(cache.example:6379) cache.example:6379");
    }
}
