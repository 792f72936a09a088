//! Which documents of the folder are looked at.

use crate::workspace::shown;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// `2/4`: the second of four parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    nth: usize,
    of: usize,
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(nth, of)| Some((nth.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((nth, of)) if (1..=of).contains(&nth) => Ok(Part { nth, of }),
            _ => Err("write it as 2/4, the second of four parts".to_owned()),
        }
    }
}

/// A folder of documents, and which of them.
#[derive(Debug, clap::Args)]
pub(crate) struct Selection {
    /// Folder of .yaml, .yml and .json documents
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Only the documents with this file name, with or without its ending; may be given several times
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Only one part of the documents: `2/4` is the second of four, which take about equally long
    #[arg(long, value_name = "N/M")]
    part: Option<Part>,
}

/// The documents that were asked for, by name; at least one.
pub(crate) fn documents(args: &Selection) -> Result<Vec<PathBuf>> {
    let unreadable = || format!("{} can't be read", shown(&args.dir));
    let mut files = Vec::new();
    for entry in fs::read_dir(&args.dir).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let is_document = path.extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end == *known));
        if is_document && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    if let Some(Part { nth, of }) = args.part {
        let weights = files.iter().map(|file| fs::metadata(file).map_or(0, |data| data.len())).collect::<Vec<_>>();
        let parts = parts(&weights, of);
        files = files.into_iter().zip(parts).filter(|(_, part)| part + 1 == nth).map(|(file, _)| file).collect();
    }
    if !args.only.is_empty() {
        if let Some(unknown) = args.only.iter().find(|name| !files.iter().any(|file| is_called(file, name))) {
            bail!("{} holds no document `{unknown}`", shown(&args.dir));
        }
        files.retain(|file| args.only.iter().any(|name| is_called(file, name)));
    }
    if files.is_empty() {
        let part = if args.part.is_some() { " in that part" } else { "" };
        bail!("{} holds no .yaml, .yml or .json document{part}", shown(&args.dir));
    }
    Ok(files)
}

fn is_called(file: &Path, name: &str) -> bool {
    file.file_name().is_some_and(|known| known == name) || file.file_stem().is_some_and(|known| known == name)
}

/// The part of each document: the heaviest first, each into the part that is lightest so far. What a document costs goes
/// with its size, as far as anything that is known beforehand does.
fn parts(weights: &[u64], of: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let weight = |at: &usize| weights.get(*at).copied().unwrap_or_default();
    order.sort_by_key(|at| (std::cmp::Reverse(weight(at)), *at));
    let mut loads = vec![0_u64; of];
    let mut parts = vec![0; weights.len()];
    for at in order {
        let Some((lightest, load)) = loads.iter_mut().enumerate().min_by_key(|(nth, load)| (**load, *nth)) else {
            break;
        };
        *load += weight(&at);
        if let Some(part) = parts.get_mut(at) {
            *part = lightest;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_about_equal_and_hold_each_document_once() {
        assert_eq!(parts(&[10, 1, 2, 30, 9, 8], 2), [1, 1, 1, 0, 1, 1]);
        assert_eq!(parts(&[5, 5, 5, 5], 4), [0, 1, 2, 3]);
        assert_eq!(parts(&[], 4), [0; 0]);
    }

    #[test]
    fn a_part_is_one_of_several() {
        assert_eq!("2/4".parse(), Ok(Part { nth: 2, of: 4 }));
        for wrong in ["0/4", "5/4", "2", "a/b", "-1/4"] {
            assert!(wrong.parse::<Part>().is_err(), "{wrong}");
        }
    }
}
