//! `backup` and `restore`.

use super::print;
use ledger::Ledger;
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn backup(ledger: &Ledger, name: &str, file: &Path) -> anyhow::Result<()> {
    ledger.backup(file).await?;
    print(&format!("{} is a copy of {name}; `penumbra-gateway restore` puts it back", file.display()))
}

pub(super) async fn restore(name: &str, file: &Path) -> anyhow::Result<ExitCode> {
    let report = Ledger::restore(name, file).await?;
    if !report.is_clean() {
        print(&format!("{report}{}: {} violations; nothing was put in place", file.display(), report.violations()))?;
        return Ok(ExitCode::FAILURE);
    }
    print(&format!("{report}{name} is restored from {}; its books are right", file.display()))?;
    Ok(ExitCode::SUCCESS)
}
