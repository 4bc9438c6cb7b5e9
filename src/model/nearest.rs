//! What a person may have meant by a word that is not known.

use super::record::fold_header;

/// How alike two words must be (Jaro-Winkler, 0 to 1) for one to be offered for the other.
const ALIKE: f64 = 0.8;
/// A word of more bytes than this was not meant to be any candidate, and takes long to compare.
const LONGEST: usize = 256;

/// The candidates that come nearest to `word`, best first, at most three; case, spaces,
/// `-` and `_` do not count.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if word.len() > LONGEST {
        return Vec::new();
    }
    let word = fold_header(word);
    let mut scored: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &fold_header(candidate)), candidate))
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// The end of a message about an unknown word: `; did you mean "RATE"?`, or nothing.
#[must_use]
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(word, candidates).as_slice() {
        [] => String::new(),
        near => format!("; did you mean {}?", near.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_comes_first_and_strangers_do_not_come() {
        assert_eq!(nearest("concurency", ["rate", "concurrency", "retries"]), ["concurrency"]);
        assert_eq!(did_you_mean("xyz", ["rate"]), "");
    }
}
