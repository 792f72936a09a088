//! Findings as text: one file a format.

mod concise;
mod excerpt;
mod full;
mod github;
mod json;
mod sarif;

use uaps_spec::{Diagnostic, Severity, Sources};

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// With the lines of the document, for people.
    #[default]
    Full,
    /// One line each, for people and editors.
    Concise,
    /// One JSON array of objects, for programs.
    Json,
    /// GitHub's workflow commands, which become notes in a pull request.
    Github,
    /// SARIF 2.1.0, for code scanners.
    Sarif,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] = [Format::Full, Format::Concise, Format::Json, Format::Github, Format::Sarif];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Full => "full",
            Format::Concise => "concise",
            Format::Json => "json",
            Format::Github => "github",
            Format::Sarif => "sarif",
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no format's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl std::fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is not a format; use {}", self.0, Format::ALL.map(Format::as_str).join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl std::str::FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(s: &str) -> Result<Self, UnknownFormat> {
        Format::ALL.into_iter().find(|format| format.as_str() == s).ok_or_else(|| UnknownFormat(s.to_owned()))
    }
}

/// Writes findings in a format; `color` matters to [`Format::Full`] and [`Format::Concise`].
///
/// Nothing found is no text, save in the formats that are one document: `[]`, or a SARIF log without results. A text
/// that is not empty ends with a line break.
pub fn render(format: Format, sources: &Sources, diagnostics: &[Diagnostic], color: bool) -> String {
    match format {
        Format::Full => full::render(sources, diagnostics, color),
        Format::Concise => concise::render(sources, diagnostics, color),
        Format::Json => json::render(sources, diagnostics),
        Format::Github => github::render(sources, diagnostics),
        Format::Sarif => sarif::render(sources, diagnostics),
    }
}

/// The word for a severity.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[cfg(test)]
mod tests;
