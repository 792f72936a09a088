//! The rows for people.

use super::row::Row;
use crate::clients::Finding;

/// A table with a line of sums.
pub(super) fn table(rows: &[Row], clients: bool) -> String {
    let mut cells = vec![header(clients)];
    cells.extend(rows.iter().map(|row| line(row, clients)));
    cells.push(sums(rows, clients));
    let widths: Vec<usize> = (0..cells.first().map_or(0, Vec::len))
        .map(|column| {
            cells.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in cells {
        let mut padded = String::new();
        for (number, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let is_text = number == 0 || number + 1 == line.len();
            padded.push_str(&if is_text { format!("{cell:<width$}  ") } else { format!("{cell:>width$}  ") });
        }
        text.push_str(padded.trim_end());
        text.push('\n');
    }
    text
}

/// What was not the same, a line each: the document, its operation, which arguments, and what differs.
pub(super) fn findings(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        for finding in &row.findings {
            let Finding { tool, sample, verdict, detail } = finding;
            text.push_str(&format!("{} {tool} ({sample}) {verdict}: {detail}\n", row.file));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn header(clients: bool) -> Vec<String> {
    let client: &[&str] = if clients {
        &["lines", "checks", "warnings", "callable", "compile s", "MiB", "requests", "compared", "agree"]
    } else {
        &[]
    };
    let words =
        ["file", "openapi", "operations", "tools", "errors"].iter().chain(client).chain(&["seconds", "first error"]);
    words.map(|word| (*word).to_owned()).collect()
}

fn line(row: &Row, clients: bool) -> Vec<String> {
    let yes = |value: Option<bool>| if value == Some(true) { "yes" } else { "no" }.to_owned();
    let mut cells = vec![
        row.file.clone(),
        row.openapi.clone().unwrap_or_else(|| "-".to_owned()),
        row.operations.to_string(),
        row.tools.to_string(),
        row.errors.to_string(),
    ];
    if clients {
        let number = |value: Option<usize>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
        cells.push(number(row.client_lines));
        cells.push(yes(row.client_checks));
        cells.push(number(row.client_warnings));
        cells.push(number(row.client_operations));
        cells.push(row.check_seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.1}")));
        cells.push(row.check_memory_mib.map_or_else(|| "-".to_owned(), |mib| mib.to_string()));
        cells.push(number(row.oracle_requests));
        cells.push(number(row.oracle_operations));
        cells.push(number(row.oracle_agree));
    }
    cells.push(format!("{:.2}", row.seconds));
    cells.push(row.first_error.as_deref().map(short).unwrap_or_default());
    cells
}

fn sums(rows: &[Row], clients: bool) -> Vec<String> {
    let sum = |of: fn(&Row) -> usize| rows.iter().map(of).sum::<usize>().to_string();
    let mut cells = vec![
        format!("{} documents", rows.len()),
        String::new(),
        sum(|row| row.operations),
        sum(|row| row.tools),
        sum(|row| row.errors),
    ];
    if clients {
        cells.push(sum(|row| row.client_lines.unwrap_or_default()));
        cells.push(sum(|row| usize::from(row.client_checks == Some(true))));
        cells.push(sum(|row| row.client_warnings.unwrap_or_default()));
        cells.push(sum(|row| row.client_operations.unwrap_or_default()));
        cells.push(format!("{:.1}", rows.iter().filter_map(|row| row.check_seconds).sum::<f64>()));
        cells.push(rows.iter().filter_map(|row| row.check_memory_mib).max().unwrap_or_default().to_string());
        cells.push(sum(|row| row.oracle_requests.unwrap_or_default()));
        cells.push(sum(|row| row.oracle_operations.unwrap_or_default()));
        cells.push(sum(|row| row.oracle_agree.unwrap_or_default()));
    }
    cells.push(format!("{:.2}", rows.iter().map(|row| row.seconds).sum::<f64>()));
    cells.push(String::new());
    cells
}

fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(110) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let row = |file: &str, error: Option<&str>| Row {
            file: file.into(),
            openapi: Some("3.0.3".into()),
            operations: 12,
            tools: 12,
            first_error: error.map(str::to_owned),
            ..Row::default()
        };
        let rows = [row("a.yaml", None), row("longer.json", Some("it is wrong"))];
        insta::assert_snapshot!(table(&rows, false), @r#"
        file         openapi  operations  tools  errors  seconds  first error
        a.yaml         3.0.3          12     12       0     0.00
        longer.json    3.0.3          12     12       0     0.00  it is wrong
        2 documents                   24     24       0     0.00
        "#);
    }
}
