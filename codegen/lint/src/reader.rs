//! The manual pages of the reader's codes, which are no rules: they say why there is nothing to apply rules to.

use uaps_spec::{Code, Severity, codes};

/// A code of the reader, which is no rule: it says why there is nothing to apply rules to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReaderCode {
    /// Its code.
    pub code: Code,
    /// How bad its findings are in a vendor's document; in the manifest and the overlay all but numbers are errors.
    pub severity: Severity,
    /// What it says, in one line without a final period.
    pub title: &'static str,
    /// Its page.
    pub manual: &'static str,
}

/// The reader's codes.
pub(crate) static READER: [ReaderCode; 10] = [
    ReaderCode {
        code: codes::SYNTAX,
        severity: Severity::Error,
        title: "the text is no YAML or JSON",
        manual: "\
## What it does

Reports the first place where a manifest, a document or an overlay stops being YAML or JSON, a text that is empty, and a
file that is not UTF-8: where it is UTF-16 the finding says so.

JSON with comments, or with control characters in its strings, is read all the same and is a warning in a document.
Commas behind the last element, tabs behind a key, and lists and objects in brackets without indentation are read without
a word. Tabs that indent YAML are not: two readers would see two documents.

## Why

Nothing behind that place can be read.

## Example

```text
paths: [/rides
```

## Use instead

```text
paths: [/rides]
```
",
    },
    ReaderCode {
        code: codes::TOO_LARGE,
        severity: Severity::Error,
        title: "the text is larger or deeper than the limits",
        manual: "\
## What it does

Reports a text of more than 32 MiB, 200 levels or 4,000,000 values; each use of a YAML alias counts again.

## Why

The limits are far above any real document, and below what would exhaust the machine that compiles it.

## Example

An alias that stands for ten aliases, each of which stands for ten more, and so on.

## Use instead

Split the document by area into several providers, or remove inline examples and binaries.
",
    },
    ReaderCode {
        code: codes::DUPLICATE_KEY,
        severity: Severity::Warning,
        title: "a key occurs twice in one object",
        manual: "\
## What it does

Reports a key that an object has twice. In a document the last one counts, in YAML and in JSON, as most readers have it;
in the manifest and the overlay it is an error.

## Why

Some readers refuse such a document or take the first, so that two tools see two documents.

## Example

```text
summary: Book a ride
summary: Order a ride
```

## Use instead

```text
summary: Book a ride
```
",
    },
    ReaderCode {
        code: codes::VERSION,
        severity: Severity::Error,
        title: "the document is of no OpenAPI version that is understood",
        manual: "\
## What it does

Reports a document that is neither Swagger 2.0 nor OpenAPI 3.0, 3.1 or 3.2. Of 3.2, what is not in 3.1 is left out.

## Why

Other versions give the same words another meaning; to read them as one of these would be a guess.

## Example

```text
swagger: \"1.2\"
```

## Use instead

```text
openapi: 3.0.3
```
",
    },
    ReaderCode {
        code: codes::OVERLAY,
        severity: Severity::Error,
        title: "an overlay can't be applied",
        manual: "\
## What it does

Reports an overlay that is no OpenAPI Overlay 1.x, and an action whose target is no RFC 9535 query, matches nothing, or
neither updates nor removes anything.

## Why

An overlay says what a vendor's document lacks. Where it matches nothing the document has changed under it, and what it
added (a price, a mark) would be gone without a word.

## Example

```text
overlay: 1.0.0
actions:
  - target: $.paths['/ride'].post
    update: { x-purchase-endpoint: true }
```

## Use instead

```text
overlay: 1.0.0
actions:
  - target: $.paths['/rides'].post
    update: { x-purchase-endpoint: true }
```
",
    },
    ReaderCode {
        code: codes::MANIFEST,
        severity: Severity::Error,
        title: "a field of the manifest is missing, unknown or wrong",
        manual: "\
## What it does

Reports fields of `provider.yaml` that are missing, unknown, or not what they must be: an id that differs from the name of
its folder, can't stand in a URL, or is reserved; an upstream that is not `https`; a purchase level that lets anybody buy.

## Why

The manifest says where requests go and who pays for them. The gateway takes it as it stands.

## Example

```text
id: health
```

## Use instead

```text
id: health-records
```
",
    },
    ReaderCode {
        code: codes::DOCUMENT_CHANGED,
        severity: Severity::Error,
        title: "the vendor's document has changed since it came",
        manual: "\
## What it does

Compares `source.sha256` of the manifest with the SHA-256 of the document's text. A manifest without `source`, whose
document is its author's own, has nothing to compare.

## Why

A vendor's document stays as it came, so that the next one can take its place and whoever reviews it sees the vendor's own
changes. An edit in it would be lost then, and nobody would know of it until it is.

## Example

```text
source: { url: https://api.shop.example/openapi.json, sha256: \"<the hash of another text>\" }
```

## Use instead

Put edits into `overlay.yaml` and restore the document. If the vendor published a new one, write its hash, which the
message names.
",
    },
    ReaderCode {
        code: codes::NUMBER_INEXACT,
        severity: Severity::Warning,
        title: "a number does not fit into 64 bits",
        manual: "\
## What it does

Reports whole numbers below -9223372036854775808 or above 18446744073709551615, and numbers beyond every 64-bit float. They
are read as the nearest float.

## Why

A bound so far away is met by every value and does no harm. An identifier loses its last digits.

## Example

```text
example: 36893488147419103233
```

## Use instead

```text
example: \"36893488147419103233\"
```
",
    },
    ReaderCode {
        code: codes::SEVERAL_DOCUMENTS,
        severity: Severity::Warning,
        title: "a file holds more than one YAML document",
        manual: "\
## What it does

Reports what follows the first YAML document of a file. It is not read; in the manifest and the overlay it is an error.

## Why

Whoever wrote it expects it to count.

## Example

```text
openapi: 3.0.3
---
openapi: 3.0.3
```

## Use instead

A file for each document, and a provider for each file.
",
    },
    ReaderCode {
        code: codes::ALLOWANCE,
        severity: Severity::Error,
        title: "an entry of the list of allowed changes is wrong or of no use",
        manual: "\
## What it does

Reports entries of `diff-allow.yaml` without a fingerprint of twelve hexadecimal digits or without a reason, and warns of
those that match no breaking change.

## Why

Whoever reads the list later must know why a change was let through. An entry that matches nothing hides that the list has
not been looked at.

## Example

```text
allow:
  - { fingerprint: \"3f2a9c0d1e2f\" }
```

## Use instead

```text
allow:
  - { fingerprint: \"3f2a9c0d1e2f\", reason: \"The provider ends this parameter; nobody here has used it\" }
```
",
    },
];
