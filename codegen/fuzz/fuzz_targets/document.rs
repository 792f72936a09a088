//! Any text as a document: reader, scaffold, rules, compiler, verify, catalogue, and now and then a typed client.

#![no_main]

use libfuzzer_sys::fuzz_target;
use uaps_mutate::{Kind, Trial, judge};

fuzz_target!(|text: &str| {
    let client = text.len() % 4 == 0;
    let trial = Trial { client, render: text.len() % 8 == 1, twice: false, purchases: text.len() % 16 == 2 };
    let mut findings = judge(text, trial).findings;
    findings.retain(|finding| finding.kind != Kind::Unfit);
    assert!(findings.is_empty(), "{findings:#?}");
});
