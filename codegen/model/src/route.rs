//! Matching request paths against path templates.

use crate::Operation;

/// Matches `path` against an OpenAPI template and returns the variables' raw values by name.
///
/// Segments are compared one by one; a variable may share its segment with literal text (`/files/{id}.json`) and must
/// not be empty.
pub fn match_path(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (mut want, mut have) = (template.split('/'), path.split('/'));
    let mut found = Vec::new();
    loop {
        match (want.next(), have.next()) {
            (None, None) => return Some(found),
            (Some(pattern), Some(segment)) => match_segment(pattern, segment, &mut found)?,
            _ => return None,
        }
    }
}

fn match_segment(pattern: &str, segment: &str, found: &mut Vec<(String, String)>) -> Option<()> {
    let Some((literal, rest)) = pattern.split_once('{') else {
        return (pattern == segment).then_some(());
    };
    let (name, rest) = rest.split_once('}')?;
    let segment = segment.strip_prefix(literal)?;
    // The text up to the next variable ends this one.
    let stop = rest.split('{').next().unwrap_or_default();
    let end = match (stop.is_empty(), rest.len() == stop.len()) {
        (true, _) => segment.len(),
        (false, true) => segment.strip_suffix(stop)?.len(),
        (false, false) => segment.find(stop)?,
    };
    let value = segment.get(..end).filter(|v| !v.is_empty())?;
    found.push((name.to_owned(), value.to_owned()));
    if rest.is_empty() { Some(()) } else { match_segment(rest, segment.get(end..)?, found) }
}

/// The most literal of the operations that match.
pub(crate) fn best<'s>(
    operations: impl Iterator<Item = &'s Operation>,
    path: &str,
) -> Option<(&'s Operation, Vec<(String, String)>)> {
    operations
        .filter_map(|op| Some((op, match_path(&op.path, path)?)))
        .min_by_key(|(op, _)| op.path.split('/').map(|s| s.contains('{')).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::match_path;

    #[track_caller]
    fn check(template: &str, path: &str, expected: Option<&[(&str, &str)]>) {
        let found = match_path(template, path);
        let found: Option<Vec<(&str, &str)>> =
            found.as_ref().map(|f| f.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect());
        assert_eq!(found.as_deref(), expected, "{template} {path}");
    }

    #[test]
    fn templates() {
        check("/rides/{id}", "/rides/7", Some(&[("id", "7")]));
        check("/rides/{id}", "/rides/7/x", None);
        check("/rides/{id}", "/rides/", None);
        check("/rides", "/rides", Some(&[]));
        check("/files/{id}.json", "/files/a.b.json", Some(&[("id", "a.b")]));
        check("/{a}..{b}", "/1..2", Some(&[("a", "1"), ("b", "2")]));
        check("/{a}/x", "/a%2Fb/x", Some(&[("a", "a%2Fb")]));
    }
}
