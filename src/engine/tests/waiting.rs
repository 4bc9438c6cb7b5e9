//! What the time is said to have gone to.

use super::*;
use crate::model::waits::Wait;

#[tokio::test(start_paused = true)]
async fn the_rate_limit_is_named_where_it_is_what_bounds_the_run() {
    let endpoint = Scripted::new(10, |_, _| stored());
    let limits = Limits { rate: Rate::PerSecond(10.0), ..limits(8) };
    assert_eq!(longest_wait(&endpoint, &limits, keys(50, 1)).await, Wait::Rate);
}

#[tokio::test(start_paused = true)]
async fn the_slots_are_named_where_more_of_them_would_help() {
    let endpoint = Scripted::new(50, |_, _| stored());
    assert_eq!(longest_wait(&endpoint, &limits(2), keys(50, 1)).await, Wait::Concurrency);
}

#[tokio::test(start_paused = true)]
async fn the_order_of_a_key_is_named_where_no_slot_and_no_rate_would_help() {
    let endpoint = Scripted::new(50, |_, _| stored());
    assert_eq!(longest_wait(&endpoint, &limits(8), keys(2, 25)).await, Wait::KeyOrder);
}

#[tokio::test(start_paused = true)]
async fn the_endpoint_is_named_where_it_asks_to_wait() {
    let endpoint =
        Scripted::new(10, |number, _| if number % 10 == 0 { busy(Some(2)) } else { stored() });
    let limits = Limits { rate: Rate::PerSecond(100.0), ..limits(8) };
    assert_eq!(longest_wait(&endpoint, &limits, keys(50, 1)).await, Wait::Hold);
}

#[tokio::test(start_paused = true)]
async fn the_whole_time_is_accounted_for_and_every_answer_timed() {
    let endpoint = Scripted::new(50, |number, _| if number == 7 { busy(None) } else { stored() });
    let start = Instant::now();
    let ran = run(&endpoint, &limits(4), keys(20, 1)).await;
    assert_eq!(ran.waits.total(), start.elapsed());
    assert_eq!(ran.answers, [Duration::from_millis(50); 21]);
}

async fn longest_wait(endpoint: &Scripted, limits: &Limits, keys: Vec<String>) -> Wait {
    let ran = run(endpoint, limits, keys).await;
    let (wait, time) = ran.waits.longest()[0];
    assert!(time * 2 > ran.waits.total(), "{wait:?} is most of {:?}", ran.waits);
    wait
}
