//! The proof that the books are right.

use serde::Serialize;

/// One invariant and how it fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditCheck {
    /// Short and stable: `I1 journals-balance`.
    pub name: &'static str,
    /// What must hold.
    pub what: &'static str,
    /// How many things it was checked on.
    pub checked: u64,
    /// On how many it does not hold.
    pub violations: u64,
    /// Ids of the first few of those.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
}

/// All invariants, checked on one moment of the database. `Display` prints a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// In a fixed order.
    pub checks: Vec<AuditCheck>,
    /// The end of the hash chain over the journal. Kept elsewhere, it tells later whether the chain was written anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainHead>,
}

/// The last journal of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainHead {
    /// How many journals there are up to it.
    pub position: u64,
    /// Its hash, 64 hexadecimal digits.
    pub hash: String,
}

impl AuditReport {
    /// Whether every invariant holds.
    pub fn is_clean(&self) -> bool {
        self.violations() == 0
    }

    /// Violations in all.
    pub fn violations(&self) -> u64 {
        self.checks.iter().map(|check| check.violations).sum()
    }
}

impl std::fmt::Display for AuditReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:<24} {:>9} {:>10}  what", "name", "checked", "violations")?;
        for check in &self.checks {
            writeln!(f, "{:<24} {:>9} {:>10}  {}", check.name, check.checked, check.violations, check.what)?;
            for example in &check.examples {
                writeln!(f, "{:<24} {:>9} {:>10}  - {example}", "", "", "")?;
            }
        }
        if let Some(ChainHead { position, hash }) = &self.chain {
            writeln!(f, "journal {position} ends the chain: {hash}")?;
        }
        Ok(())
    }
}
