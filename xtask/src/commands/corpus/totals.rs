//! What holds of all documents together.

use super::row::Row;
use std::time::Duration;

/// A few lines for people: how much came through, and how long the compiler took. `wall` is without clients.
pub(super) fn totals(rows: &[Row], wall: Duration) -> String {
    let sum = |of: fn(&Row) -> usize| rows.iter().map(of).sum::<usize>();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let profile = if cfg!(debug_assertions) { "unoptimised" } else { "optimised" };
    let compiled = rows.iter().filter(|row| row.errors == 0 && row.tools == row.operations).count();
    let mut lines = vec![
        format!("documents without an error  {compiled} of {}", rows.len()),
        format!("operations that are tools   {} of {}", sum(|row| row.tools), sum(|row| row.operations)),
        // A tool's name is legal by its type; `verify` counts what is taken twice and every schema that isn't valid.
        format!("flaws of schemas and names  {} in {} tools", sum(|row| row.flaws), sum(|row| row.tools)),
        format!("compiling, without clients  {:.2} s on {cores} cores, {profile}", wall.as_secs_f64()),
    ];
    if rows.iter().any(|row| row.client_generated.is_some()) {
        let checks = rows.iter().filter(|row| row.client_checks == Some(true)).count();
        let callable = sum(|row| row.client_operations.unwrap_or_default());
        lines.push(format!("clients without a warning   {checks} of {}", rows.len()));
        lines.push(format!("operations callable         {callable} of {}", sum(|row| row.operations)));
    }
    if rows.iter().any(|row| row.oracle_operations.is_some()) {
        let (agree, compared) =
            (sum(|row| row.oracle_agree.unwrap_or_default()), sum(|row| row.oracle_operations.unwrap_or_default()));
        let requests = sum(|row| row.oracle_requests.unwrap_or_default());
        lines.push(format!("sent the same in both ways  {agree} of {compared} operations, {requests} requests"));
        lines.push(format!(
            "example answers read        {} of {compared}",
            sum(|row| row.answers_read.unwrap_or_default())
        ));
    }
    lines.join("\n")
}
