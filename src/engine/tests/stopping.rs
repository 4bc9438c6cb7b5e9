//! What stops a run, and what then becomes of its rows.

use super::*;

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_stays_away_stops_the_run_and_leaves_the_rest_to_do() {
    let endpoint =
        Scripted::new(
            1,
            |number, _| if number <= 4 { stored() } else { silent(SilenceKind::NeverConnected) },
        );
    let start = Instant::now();
    let ran = run(&endpoint, &limits(4), keys(30, 1)).await;
    assert_eq!(ran.stop_code(), Some(OwnCode::EndpointDown));
    let rest: Vec<_> = ran.statuses().split_off(4);
    assert!(rest.iter().all(|status| *status == Status::NotSent), "{rest:?}");
    let waited = start.elapsed().as_secs();
    assert!((600..640).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn tokens_that_are_refused_again_stop_the_run() {
    let mut endpoint = Scripted::new(5, |_, _| stored());
    endpoint.token_good_for = |_| 0;
    let ran = run(&endpoint, &limits(4), keys(10, 1)).await;
    assert_eq!(ran.stop_code(), Some(OwnCode::Login));
    assert_eq!(endpoint.logins.get(), 2);
    assert!(ran.statuses().iter().all(|status| *status == Status::NotSent));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_not_given_up_while_rows_that_it_was_sent_with_may_be_confirmed() {
    let mut endpoint = Scripted::new(10, |_, _| stored());
    endpoint.token_good_for = |login| if login == 1 { 0 } else { 3 };
    let ran = run(&endpoint, &limits(4), keys(12, 1)).await;
    assert_eq!((ran.stop_code(), ran.statuses()), (None, vec![Status::Updated; 12]));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_address_stops_the_run_before_it_does_harm() {
    let endpoint = Scripted::new(5, |_, _| Reply::WrongAddress(answer(404)));
    let ran = run(&endpoint, &limits(1), keys(10, 1)).await;
    assert_eq!(ran.stop_code(), Some(OwnCode::Address));
    assert_eq!(endpoint.requests.borrow().len(), 1);
    assert_eq!(ran.endings[&0].http_status, Some(404));
    let dislikes_one =
        Scripted::new(
            5,
            |number, _| if number == 3 { Reply::WrongAddress(answer(403)) } else { stored() },
        );
    let ran = run(&dislikes_one, &limits(1), keys(5, 1)).await;
    assert_eq!((ran.stop.clone(), ran.statuses()[2]), (None, Status::Failed));
}

#[tokio::test(start_paused = true)]
async fn first_rows_that_all_fail_stop_the_run() {
    let endpoint = Scripted::new(5, |_, _| refused());
    let ran = run(&endpoint, &limits(4), keys(100, 1)).await;
    assert_eq!(ran.stop_code(), Some(OwnCode::TooManyFailures));
    let failed = ran.statuses().iter().filter(|status| **status == Status::Failed).count();
    assert!((20..=23).contains(&failed), "requests in flight are waited for: {failed}");
}

#[tokio::test(start_paused = true)]
async fn an_interruption_lets_the_requests_in_flight_finish() {
    let endpoint = Scripted::new(1_000, |_, _| stored());
    let (interrupt, interrupted) = watch::channel(None);
    let later = async {
        sleep(Duration::from_millis(1_500)).await;
        let asked = Stop { code: OwnCode::Interrupted, message: "interrupted".into() };
        interrupt.send(Some(asked)).expect("the run listens");
    };
    let limits = limits(4);
    let (ran, ()) =
        tokio::join!(run_until(&endpoint, &limits, keys(20, 1), interrupted, None), later);
    assert_eq!(ran.stop_code(), Some(OwnCode::Interrupted));
    let updated = ran.statuses().iter().filter(|status| **status == Status::Updated).count();
    assert_eq!(updated, 8);
    assert_eq!(endpoint.requests.borrow().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn an_ending_that_cannot_be_recorded_stops_the_run() {
    let endpoint = Scripted::new(5, |_, _| stored());
    let limits = limits(1);
    let mut engine = Engine::new(&endpoint, &limits, &credentials(), 10);
    let (send, receive) = mpsc::channel(1);
    send.send((0..10).map(|row| job(row, &row.to_string())).collect()).await.expect("room");
    drop(send);
    let (_keep, interrupt) = watch::channel(None);
    let mut endings = 0;
    let stop = engine
        .run(receive, interrupt, None, &mut |event| {
            endings += u32::from(matches!(event, Event::Ended(..)));
            if endings > 3 { Err(std::io::Error::other("disk full")) } else { Ok(()) }
        })
        .await;
    assert_eq!(stop.map(|stop| stop.code), Some(OwnCode::NotRecorded));
    assert_eq!(endpoint.requests.borrow().len(), 4);
}
