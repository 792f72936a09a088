//! Where a database URL points.

use crate::LedgerError;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A place for a database.
#[derive(Debug)]
pub(super) enum Place {
    /// SQLite, gone when the last clone is.
    Memory,
    /// SQLite, in a file.
    File(Box<SqliteConnectOptions>, PathBuf),
    /// PostgreSQL.
    Server(Box<PgConnectOptions>, String),
}

impl Place {
    pub(super) fn parse(url: &str) -> Result<Place, LedgerError> {
        let wrong = |reason: String| LedgerError::Url { reason };
        // Only the scheme of a URL is repeated: the rest may hold a password.
        let scheme = url.split(':').next().filter(|s| s.len() < url.len() && !s.is_empty());
        let scheme = scheme.ok_or_else(|| wrong("has no scheme".to_owned()))?;
        let rest = match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => url.get("sqlite:".len()..).unwrap_or_default(),
            "postgres" | "postgresql" => {
                let options = PgConnectOptions::from_str(url);
                return options.map(|options| Place::Server(Box::new(options), url.to_owned())).map_err(|_| {
                    wrong("names PostgreSQL, but not as postgres://USER:PASSWORD@HOST:PORT/NAME".to_owned())
                });
            }
            _ => return Err(wrong(format!("has the unknown scheme `{}`", scheme.escape_debug()))),
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
        if name.is_empty() {
            return Err(wrong("names no file".to_owned()));
        }
        let options = SqliteConnectOptions::from_str(&format!("sqlite://{rest}")).map_err(|error| match error {
            sqlx::Error::Configuration(error) => wrong(format!("can't be read: {error}")),
            other => wrong(format!("can't be read: {other}")),
        })?;
        if name == ":memory:" || query.split('&').any(|pair| pair == "mode=memory") {
            return Ok(Place::Memory);
        }
        let path = options.get_filename().to_owned();
        Ok(Place::File(Box::new(options), path))
    }
}

/// Says in plain words what SQLite would only call "unable to open database file".
pub(super) fn usable(path: &Path) -> Result<(), LedgerError> {
    let refuse = |reason: &str| Err(LedgerError::Open { path: path.display().to_string(), reason: reason.to_owned() });
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() {
        return refuse("it is a directory; name a file in it");
    }
    if !parent.is_dir() {
        return refuse("its directory does not exist; create it first");
    }
    Ok(())
}

/// Whether nobody has ever opened a ledger here: there is no file, or an empty one.
pub(super) fn is_absent(path: &Path) -> bool {
    match std::fs::metadata(path) {
        Ok(found) => found.is_file() && found.len() == 0,
        Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        let found = match Place::parse(url) {
            Ok(Place::Memory) => "memory".to_owned(),
            Ok(Place::Server(options, _)) => {
                format!("{} at {}", options.get_database().unwrap_or("-"), options.get_host())
            }
            Ok(Place::File(_, path)) => match usable(&path) {
                Ok(()) => path.display().to_string(),
                Err(error) => error.to_string(),
            },
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{url}");
    }

    #[test]
    fn urls() {
        check("sqlite::memory:", "memory");
        check("sqlite://:memory:", "memory");
        check("sqlite://x.db?mode=memory", "memory");
        check("sqlite://x.db", "x.db");
        check("sqlite:x.db", "x.db");
        check("sqlite:///etc/x%20y.db", "/etc/x y.db");
        check("postgres://me:secret@host/db", "db at host");
        check("postgresql://host:5433/db?sslmode=require", "db at host");
        let hint = "; use sqlite://PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST/NAME";
        check("", &format!("the database URL has no scheme{hint}"));
        check("x.db", &format!("the database URL has no scheme{hint}"));
        check("sqlite://", &format!("the database URL names no file{hint}"));
        check("mysql://me:secret@host/db", &format!("the database URL has the unknown scheme `mysql`{hint}"));
        check(
            "postgres://me:secret@host:port/db",
            &format!("the database URL names PostgreSQL, but not as postgres://USER:PASSWORD@HOST:PORT/NAME{hint}"),
        );
        check("sqlite:///etc", "can't open the ledger `/etc`: it is a directory; name a file in it");
        check(
            "sqlite:///no/such/x.db",
            "can't open the ledger `/no/such/x.db`: its directory does not exist; create it first",
        );
    }
}
