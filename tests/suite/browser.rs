//! The page of a run in a real browser: Chromium without a window.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Network};
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde_json::json;

use crate::report::HOSTILE;
use crate::world::{Line, World, faulty};

/// Rows of the run, and those of them that fail.
const ROWS: usize = 20_000;
const FAILED: usize = 500;
/// Width of a phone.
const PHONE: u32 = 390;

/// A page in a browser, and all that it asked for or complained about.
struct Shown {
    tab: Arc<Tab>,
    requests: Arc<Mutex<Vec<String>>>,
    complaints: Arc<Mutex<Vec<String>>>,
    _browser: Browser,
}

/// Whether the browser runs scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scripts {
    On,
    Off,
}

impl Shown {
    /// Opens a file, with or without what its scripts do. The program is made for one page that a test has written:
    /// it needs no sandbox, which root could not have.
    fn open(path: &Path, scripts: Scripts) -> Self {
        let quiet =
            ["--disable-component-update", "--no-first-run", "--disable-background-networking"];
        let options = LaunchOptions::default_builder()
            .sandbox(false)
            .args(quiet.iter().map(OsStr::new).collect())
            .build()
            .expect("options");
        let browser = Browser::new(options).expect("Chromium");
        let tab = browser.new_tab().expect("a tab");
        let (requests, complaints) = <(Arc<Mutex<Vec<_>>>, Arc<Mutex<Vec<_>>>)>::default();
        let (asked, complained) = (Arc::clone(&requests), Arc::clone(&complaints));
        let add = |list: &Mutex<Vec<String>>, text: String| {
            list.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        };
        let listen = move |event: &Event| match event {
            Event::NetworkRequestWillBeSent(sent) => add(&asked, sent.params.request.url.clone()),
            Event::LogEntryAdded(entry) => add(&complained, entry.params.entry.text.clone()),
            Event::RuntimeExceptionThrown(thrown) => add(&complained, format!("{thrown:?}")),
            Event::RuntimeConsoleAPICalled(called) => add(&complained, format!("{called:?}")),
            Event::PageJavascriptDialogOpening(dialog) => add(&complained, format!("{dialog:?}")),
            _ => {}
        };
        tab.add_event_listener(Arc::new(listen)).expect("a listener");
        tab.enable_log().and_then(|tab| tab.enable_runtime()).expect("logs");
        let all: Network::Enable = serde_json::from_value(json!({})).expect("no bounds");
        tab.call_method(all).expect("requests are told");
        let value = scripts == Scripts::Off;
        tab.call_method(Emulation::SetScriptExecutionDisabled { value }).expect("told");
        let address = format!("file://{}", path.display());
        tab.navigate_to(&address).and_then(|tab| tab.wait_until_navigated()).expect("the page");
        Self { tab, requests, complaints, _browser: browser }
    }

    /// What an expression gives, as text.
    fn text(&self, expression: &str) -> String {
        let given = self.tab.evaluate(&format!("String({expression})"), false).expect("evaluated");
        let text = given.value.as_ref().and_then(|value| value.as_str()).map(str::to_owned);
        text.unwrap_or_else(|| panic!("{expression}: {given:?}"))
    }

    /// The same, as a number.
    fn number(&self, expression: &str) -> usize {
        self.text(expression).replace(',', "").parse().expect("a number")
    }

    /// Types into the field of this name, over what stands there.
    fn fill(&self, id: &str, text: &str) {
        self.tab.find_element(&format!("#{id}")).expect("a field").focus().expect("focused");
        self.tab.evaluate("document.activeElement.select?.()", false).expect("selected");
        if text.is_empty() {
            self.tab.press_key("Delete").expect("pressed");
        } else {
            self.tab.type_str(text).expect("typed");
        }
    }

    /// Rows of the table that can be seen.
    fn visible(&self) -> usize {
        self.number(
            "Array.from(document.querySelectorAll('#rows tbody tr')).filter((row) => row.getClientRects().length).length",
        )
    }

    /// Shows the page on this medium, to somebody who likes this theme.
    fn media(&self, medium: &str, theme: &str) {
        let theme =
            Emulation::MediaFeature { name: "prefers-color-scheme".into(), value: theme.into() };
        self.tab
            .call_method(Emulation::SetEmulatedMedia {
                media: Some(medium.into()),
                features: Some(vec![theme]),
            })
            .expect("another medium");
    }

    fn width(&self, width: u32) {
        let metrics =
            json!({ "width": width, "height": 844, "deviceScaleFactor": 2, "mobile": true });
        let metrics: Emulation::SetDeviceMetricsOverride =
            serde_json::from_value(metrics).expect("metrics");
        self.tab.call_method(metrics).expect("another width");
    }

    fn told(list: &Mutex<Vec<String>>) -> Vec<String> {
        list.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A run of many rows of which some fail, for two reasons and with texts that do harm.
fn run() -> (World, Vec<Line>) {
    let mut faults = vec![
        "update key REFUSED status 500 message 'Contact is locked' code E1".to_owned(),
        "update every 97 status 503".to_owned(),
    ];
    faults.extend(
        HOSTILE.iter().map(|key| format!("update key '{key}' status 500 message '{key}' code E2")),
    );
    let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
    let failing = ROWS / FAILED;
    let sheet = (0..ROWS).fold("CUSTOMER_ID,CUST_CONTACT,CITY\n".to_owned(), |mut text, row| {
        let customer = match row {
            row if row % failing != 0 => format!("K{row}"),
            row if row / failing < HOSTILE.len() => HOSTILE[row / failing].replace('"', "\"\""),
            _ => "REFUSED".to_owned(),
        };
        writeln!(text, "\"{customer}\",C{row},Rome").expect("memory is always written");
        text
    });
    let world = World::new(faulty(&faults)).file("contacts.csv", sheet);
    let flags = ["--report", "report.html", "--max-failures", "100%", "--concurrency", "64"];
    let results = world.update(&flags).expect(1).results();
    (world, results)
}

fn count(results: &[Line], column: &str, value: &str) -> usize {
    results.iter().filter(|line| line[column] == value).count()
}

#[test]
#[ignore = "needs Chromium"]
fn the_page_of_a_large_run_tells_what_the_results_say_and_its_filter_works() {
    let (world, results) = run();
    let path = world.path("report.html");
    let size = std::fs::metadata(&path).expect("a page").len();
    assert!(size < 1_000_000, "{size}");
    let page = Shown::open(&path, Scripts::On);
    for status in ["updated", "failed"] {
        let told =
            page.number(&format!("document.querySelector('[data-status={status}]').textContent"));
        assert_eq!(told, count(&results, "status", status), "{status}");
    }
    assert_eq!(count(&results, "status", "failed"), FAILED);
    assert_eq!(
        (page.visible(), page.text("count.textContent")),
        (FAILED, "500 of 500 rows shown".into())
    );

    let refused = count(&results, "CUSTOMER_ID", "REFUSED");
    page.fill("words", "is locked");
    assert_eq!(page.visible(), refused);
    assert_eq!(
        page.text("document.getElementById('count').textContent"),
        format!("{refused} of 500 rows shown")
    );
    page.fill("words", "<SCRIPT>");
    assert_eq!(page.visible(), 1);
    page.fill("words", "no such text");
    assert_eq!(page.visible(), 0);
    page.fill("words", "");
    page.fill("code", "E2");
    assert_eq!(page.text("code.value"), "E2");
    assert_eq!(page.visible(), count(&results, "MESSAGE_CODE", "E2"));
    page.fill("status", "failed");
    assert_eq!(page.visible(), HOSTILE.len());

    assert_eq!(
        page.number("document.querySelectorAll('img, iframe, script[src], link').length"),
        0
    );
    let again: u64 =
        results.iter().map(|line| line["attempts"].parse::<u64>().expect("a number")).sum();
    let requests = page.number("Array.from(document.querySelectorAll('.facts div')).find((fact) => fact.textContent.startsWith('Requests')).querySelector('bdi').textContent");
    assert_eq!(requests as u64, again);
    assert_eq!(Shown::told(&page.complaints), Vec::<String>::new());
    assert_eq!(
        Shown::told(&page.requests),
        [format!("file://{}", path.display())],
        "nothing else is asked for"
    );
}

/// Texts, and parts of pictures, whose contrast to what is behind them is below WCAG 2.2's AA. The band of a hold is
/// left out: its edges tell it.
const PALE: &str = r"(() => {
  const colour = (text) => { const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number); return { r, g, b, a }; };
  const light = ({ r, g, b }) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, place) => sum + v * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found.a === 1) return found;
    }
    return { r: 255, g: 255, b: 255 };
  };
  const pale = [];
  let seen = 0;
  document.querySelectorAll('details').forEach((details) => { details.open = true; });
  for (const element of document.querySelectorAll('body *')) {
    const says = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
    if (!says || element.matches('script, title, desc') || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = colour(element.closest('svg') ? style.fill : style.color);
    const [high, low] = [light(ink), light(behind(element))].sort((a, b) => b - a);
    const contrast = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    seen += 1;
    if (contrast < (isLarge ? 3 : 4.5)) pale.push(element.outerHTML.slice(0, 80) + ' ' + contrast.toFixed(2));
  }
  for (const part of document.querySelectorAll('.bar rect, .chart rect')) {
    const fill = part.getAttribute('fill');
    if (fill === '#F6E9CD' || !part.getClientRects().length) continue;
    const [high, low] = [light(colour(getComputedStyle(part).fill)), light(behind(part))].sort((a, b) => b - a);
    seen += 1;
    if ((high + 0.05) / (low + 0.05) < 3) pale.push('a block in ' + getComputedStyle(part).fill);
  }
  return (seen > 100 ? '' : 'only ' + seen + ' texts ') + pale.join('\n');
})()";

/// What a person who sees or hears the page otherwise would miss.
const UNFIT: &str = r"(() => {
  const missing = [];
  const need = (is, what) => { if (!is) missing.push(what); };
  const ids = Array.from(document.querySelectorAll('[id]'), (element) => element.id);
  need(new Set(ids).size === ids.length, 'an id stands twice');
  for (const element of document.querySelectorAll('[aria-labelledby]')) {
    for (const id of element.getAttribute('aria-labelledby').split(' ')) {
      need(document.getElementById(id)?.textContent.trim(), 'no label ' + id);
    }
  }
  for (const name of ['main', 'header', 'footer', 'h1']) {
    need(document.querySelectorAll(name).length === 1, 'not one ' + name);
  }
  need(document.documentElement.lang && document.title, 'no language or title');
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3')) {
    const now = Number(heading.tagName[1]);
    need(now <= level + 1, 'a heading leaves out a level: ' + heading.textContent);
    level = now;
  }
  for (const table of document.querySelectorAll('table')) need(table.caption, 'a table without a caption');
  for (const cell of document.querySelectorAll('th')) need(cell.scope, 'a header cell without a scope');
  for (const field of document.querySelectorAll('input, select')) need(field.labels.length === 1, 'a field without a label');
  for (const picture of document.querySelectorAll('svg[role=img]')) {
    need(picture.querySelector('title') && picture.querySelector('desc'), 'a picture without words');
  }
  for (const area of document.querySelectorAll('.scroll')) need(area.tabIndex === 0, 'an area that no key scrolls');
  const count = document.getElementById('count');
  need(count.getAttribute('aria-live') === 'polite' && count.getAttribute('role') === 'status', 'the count is not said');
  return missing.join('\n');
})()";

#[test]
#[ignore = "needs Chromium"]
fn the_page_can_be_read_in_both_themes_on_a_phone_and_by_a_screen_reader() {
    let world = World::new(faulty(&[
        "update key REFUSED status 500 message no code E1",
        "update 3 status 429 retry-after 1",
    ]))
    .file(
        "contacts.csv",
        (0..40).fold("CUSTOMER_ID,CUST_CONTACT,CITY,ZIP_CODE\n".to_owned(), |text, row| {
            let customer = if row % 9 == 4 { "REFUSED" } else { "A" };
            text + &format!("{customer},C{row},{},2134\n", "W".repeat(30 + row * 8))
        }) + ",C,Rome,02134\n",
    );
    world.update(&["--report", "report.html"]).expect(1);
    let page = Shown::open(&world.path("report.html"), Scripts::On);
    assert_eq!(page.text(UNFIT), "");
    for (medium, theme) in [("screen", "light"), ("screen", "dark"), ("print", "dark")] {
        page.media(medium, theme);
        assert_eq!(page.text(PALE), "", "{medium} {theme}");
    }
    assert_eq!(page.text("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
    assert_eq!(page.text("filter.getClientRects().length"), "0", "nobody can filter paper");
    page.media("screen", "dark");
    page.width(PHONE);
    assert_eq!(
        page.number("document.documentElement.scrollWidth"),
        PHONE as usize,
        "nothing stands out to the right"
    );
    assert_eq!(page.text(PALE), "", "on a phone");
    assert_eq!(Shown::told(&page.complaints), Vec::<String>::new());
    let plain = Shown::open(&world.path("report.html"), Scripts::Off);
    assert_eq!(
        plain.text("filter.getClientRects().length"),
        "0",
        "nothing is shown that does nothing"
    );
    assert_eq!(plain.visible(), 5);
}
