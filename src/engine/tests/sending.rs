//! Order, slots, holds and tokens while all goes on.

use super::*;

#[tokio::test(start_paused = true)]
async fn rows_of_one_key_are_sent_in_order_and_never_two_at_once() {
    let endpoint =
        Scripted::new(7, |number, _| if number % 5 == 0 { busy(None) } else { stored() });
    let ran = run(&endpoint, &Limits { retries: 9, ..limits(16) }, keys(20, 8)).await;
    assert_eq!(ran.statuses(), [Status::Updated; 160]);
    assert_eq!(endpoint.at_once.get(), 1);
    let mut last: HashMap<Key, u64> = HashMap::new();
    for (_, key, value) in endpoint.requests.borrow().iter() {
        let row: u64 = value.parse().expect("a row");
        assert!(last.insert(key.clone(), row).is_none_or(|before| before <= row), "{key} {row}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sorted_file_keeps_the_pool_full() {
    let endpoint = Scripted::new(50, |_, _| stored());
    let start = Instant::now();
    let ran = run(&endpoint, &limits(64), keys(640, 10)).await;
    assert_eq!(ran.statuses().len(), 6_400);
    let ideal = Duration::from_millis(50) * 6_400 / 64;
    assert!(start.elapsed() < ideal * 11 / 10, "{:?} of {ideal:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_during_a_hold_and_it_uses_up_no_retry() {
    let endpoint =
        Scripted::new(10, |number, _| if number % 10 == 0 { busy(Some(2)) } else { stored() });
    let limits = Limits { rate: Rate::PerSecond(20.0), retries: 0, ..limits(8) };
    let ran = run(&endpoint, &limits, keys(50, 1)).await;
    assert_eq!(ran.statuses(), [Status::Updated; 50]);
    let times = endpoint.times();
    for held in times.iter().skip(9).step_by(10).map(|sent| *sent + Duration::from_millis(10)) {
        let during =
            times.iter().filter(|sent| held < **sent && **sent < held + Duration::from_secs(2));
        assert_eq!(during.count(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unconfirmed_row_keeps_the_later_rows_of_its_key_back() {
    let slow = Key::fold(["K0", "C"]);
    let endpoint =
        Scripted::new(
            10,
            move |_, key| if *key == slow { silent(SilenceKind::TimedOut) } else { stored() },
        );
    let ran = run(&endpoint, &limits(4), keys(2, 3)).await;
    let expected = [
        Status::Unconfirmed,
        Status::NotSent,
        Status::NotSent,
        Status::Updated,
        Status::Updated,
        Status::Updated,
    ];
    assert_eq!(ran.statuses(), expected);
    assert_eq!(ran.endings[&0].attempts, 3);
    assert_eq!(ran.endings[&1].code, Some(OwnCode::EarlierRow.into()));
    assert_eq!(ran.stop, None);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_comes_back_in_time_is_waited_for() {
    let endpoint = Scripted::new(1, |number, _| match number {
        5..45 => silent(SilenceKind::NeverConnected),
        _ => stored(),
    });
    let ran = run(&endpoint, &limits(32), keys(100, 1)).await;
    assert_eq!(ran.statuses(), [Status::Updated; 100]);
    let times = endpoint.times();
    assert!(times[42] - times[40] > Duration::from_secs(1), "one try from time to time");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_is_renewed_once_for_the_whole_pool() {
    let mut endpoint = Scripted::new(5, |_, _| stored());
    endpoint.token_good_for = |_| 50;
    let ran = run(&endpoint, &Limits { retries: 0, ..limits(64) }, keys(400, 1)).await;
    assert_eq!(ran.statuses(), [Status::Updated; 400]);
    assert_eq!(endpoint.logins.get(), 8);
}
