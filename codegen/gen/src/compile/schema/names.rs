//! Names under `$defs`.

use super::View;
use std::collections::{HashMap, HashSet};

/// Names given so far. A name needs no escaping in a pointer and is given once.
#[derive(Default)]
pub(super) struct Names {
    given: HashMap<(Vec<String>, View), String>,
    taken: HashSet<String>,
}

impl Names {
    /// The name of the schema at a pointer's tokens, and whether it was not known before.
    pub(super) fn of(&mut self, tokens: Vec<String>, view: View) -> (String, bool) {
        let key = (tokens, view);
        if let Some(name) = self.given.get(&key) {
            return (name.clone(), false);
        }
        let wanted = wanted(&key.0, view);
        let mut name = wanted.clone();
        let mut number = 2_usize;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        self.given.insert(key, name.clone());
        (name, true)
    }
}

/// A component keeps its name; anything deeper is called by its way, without the words that OpenAPI put there.
fn wanted(tokens: &[String], view: View) -> String {
    let words: Vec<&str> = match tokens {
        [components, schemas, name] if components == "components" && schemas == "schemas" => vec![name],
        _ => {
            let noise = ["components", "schemas", "paths", "properties", "content", "schema", "definitions"];
            tokens.iter().map(String::as_str).filter(|token| !noise.contains(token)).collect()
        }
    };
    let joined = words.join("_");
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut name: String = joined.chars().map(|c| if legal(c) { c } else { '_' }).take(120).collect();
    if name.is_empty() {
        name.push_str("Schema");
    }
    match view {
        View::Output => name,
        View::Input => format!("{name}.input"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &mut Names, pointer: &str, view: View, expected: &str) {
        assert_eq!(names.of(pointer.split('/').map(str::to_owned).collect(), view).0, expected);
    }

    #[test]
    fn a_component_keeps_its_name() {
        let mut names = Names::default();
        check(&mut names, "components/schemas/Ride", View::Output, "Ride");
        check(&mut names, "components/schemas/Ride", View::Input, "Ride.input");
        check(&mut names, "components/schemas/Ride", View::Output, "Ride");
        check(&mut names, "components/schemas/Ride/properties/fare", View::Output, "Ride_fare");
        check(&mut names, "components/schemas/Ride_fare", View::Output, "Ride_fare_2");
        check(&mut names, "components/schemas/Page<Ride>", View::Output, "Page_Ride_");
        check(&mut names, "", View::Output, "Schema");
    }
}
