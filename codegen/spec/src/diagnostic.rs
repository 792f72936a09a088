//! Findings as data. How they look is the business of the renderers in `uaps-lint`.

use crate::Span;

/// What a finding is called: a stable code and a readable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// `UAPS101`.
    pub id: &'static str,
    /// `operation-id-missing`.
    pub name: &'static str,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The provider can't be compiled, or would fail in front of a customer.
    Error,
    /// It compiles; somebody should look.
    Warning,
}

/// A place, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// A few words under the snippet; may be empty.
    pub text: String,
}

/// An edit that mends the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does: "add `required: true`".
    pub title: String,
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule found it.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line without a final period.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that belong to it.
    pub related: Vec<Label>,
    /// What mends it, in words.
    pub help: Option<String>,
    /// What mends it, as an edit.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: Code, message: impl Into<String>, span: Span) -> Self {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: Label { span, text: String::new() },
            related: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// A warning at `span`.
    pub fn warning(code: Code, message: impl Into<String>, span: Span) -> Self {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, message, span) }
    }

    /// Words under the snippet.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Another place that belongs to it.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into() });
        self
    }

    /// What mends it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The edit that mends it.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), span, replacement: replacement.into() });
        self
    }

    /// Whether it stops the compiler.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The codes of the reader itself, `UAPS0xx`. Those of the rules stand in their files in `uaps-lint`.
pub mod codes {
    use super::Code;

    macro_rules! codes {
        ($($(#[$doc:meta])* $name:ident = $id:literal, $slug:literal;)*) => {
            $($(#[$doc])* pub const $name: Code = Code { id: $id, name: $slug };)*
        };
    }

    codes! {
        /// The text is no YAML or JSON.
        SYNTAX = "UAPS001", "syntax";
        /// The text is larger, deeper or wider than the limits.
        TOO_LARGE = "UAPS002", "too-large";
        /// A key occurs twice in one object.
        DUPLICATE_KEY = "UAPS003", "duplicate-key";
        /// The document is no OpenAPI document of a version that is understood.
        VERSION = "UAPS004", "version";
        /// An overlay that can't be applied.
        OVERLAY = "UAPS005", "overlay";
        /// A manifest field that is missing, unknown or wrong.
        MANIFEST = "UAPS006", "manifest";
        /// A vendor's document that is not the one that came.
        DOCUMENT_CHANGED = "UAPS007", "document-changed";
        /// A number that no value can hold.
        NUMBER_INEXACT = "UAPS008", "number-inexact";
        /// A text with more than one YAML document.
        SEVERAL_DOCUMENTS = "UAPS009", "several-documents";
        /// An entry of the list of allowed changes that is wrong, or of no use any more.
        ALLOWANCE = "UAPS010", "allowance";
    }
}
