//! Rows of one record reach the endpoint in the order of the file, one at a time, each once.

use std::collections::HashMap;
use std::time::Duration;

use rowpatch::sandbox::Setup;

use crate::world::{World, cities, faulty};

const KEYS: usize = 2_000;
const EACH: usize = 10;

/// Key and value of each row of a file sorted by key; the value counts the updates of the key.
fn sorted(keys: usize, each: usize) -> Vec<(String, String)> {
    (0..keys)
        .flat_map(|key| (0..each).map(move |nth| (format!("K{key}"), nth.to_string())))
        .collect()
}

/// The same rows with the keys mixed, and the updates of each key in their order.
fn shuffled(keys: usize, each: usize) -> Vec<(String, String)> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut order: Vec<usize> = (0..keys).flat_map(|key| std::iter::repeat_n(key, each)).collect();
    random.shuffle(&mut order);
    let mut next = vec![0; keys];
    let row = |key: usize| {
        next[key] += 1;
        (format!("K{key}"), (next[key] - 1).to_string())
    };
    order.into_iter().map(row).collect()
}

fn sheet(rows: &[(String, String)]) -> String {
    cities(rows.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

/// No two requests for a key at once, and its values in their order; a value may come again
/// while it was not confirmed.
fn assert_in_order(world: &World, keys: usize, each: usize, repeats: bool) {
    let mut last: HashMap<String, (usize, Option<std::time::Instant>)> = HashMap::new();
    let updates = world.updates();
    assert!(updates.len() >= keys * each);
    for update in &updates {
        let key = update.fields["CUSTOMER_ID"].clone();
        let value: usize = update.fields["CITY"].parse().expect("a number");
        if let Some((before, answered)) = last.insert(key.clone(), (value, update.answered)) {
            let expected = if repeats { before..=before + 1 } else { before + 1..=before + 1 };
            assert!(expected.contains(&value), "{key}: {value} after {before}");
            assert!(
                answered.is_none_or(|answered| answered <= update.arrived),
                "{key}: two at once"
            );
        } else {
            assert_eq!(value, 0, "{key}");
        }
    }
    for key in 0..keys {
        let stored = world.stored(&format!("K{key}"), "CITY");
        assert_eq!(stored, Some((each - 1).to_string()), "K{key}");
    }
}

#[test]
fn twenty_thousand_rows_keep_their_order_shuffled_and_sorted() {
    for rows in [shuffled(KEYS, EACH), sorted(KEYS, EACH)] {
        let setup = Setup { latency: Duration::from_millis(5), ..faulty(&[]) };
        let world = World::new(setup).file("contacts.csv", sheet(&rows));
        let ran = world.update(&["--concurrency", "64"]).expect(0);
        assert_in_order(&world, KEYS, EACH, false);
        assert_eq!(world.updates().len(), KEYS * EACH, "each row exactly once");
        let results = ran.results();
        assert_eq!(results.len(), KEYS * EACH);
        for ((line, (key, _)), number) in results.iter().zip(&rows).zip(2..) {
            assert_eq!(
                (line["row"].as_str(), &line["CUSTOMER_ID"]),
                (number.to_string().as_str(), key)
            );
            assert_eq!(line["status"], "updated");
        }
    }
}

#[test]
fn faults_and_ending_tokens_change_neither_order_nor_result() {
    let rows = shuffled(200, 10);
    let setup = Setup {
        latency: Duration::from_millis(5),
        token_uses: Some(50),
        ..faulty(&["update every 7 status 503", "update every 11 drop after"])
    };
    let world = World::new(setup).file("contacts.csv", sheet(&rows));
    let ran = world.update(&["--concurrency", "64", "--retries", "12"]).expect(0);
    assert_eq!(ran.column("status"), vec!["updated"; 2_000]);
    assert_in_order(&world, 200, 10, true);
    let uses = world.updates().iter().filter(|update| update.status != Some(401)).count();
    let ended = uses.div_ceil(50);
    assert!(world.tokens() <= ended + 1, "{} tokens, of which {ended} ended", world.tokens());
}
