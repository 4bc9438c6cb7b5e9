//! The pictures over the time of a run, as SVG.
//!
//! The colours are those of the light theme; the page's style sheet knows each by its value, and gives it another
//! one in the dark.

use plotters::prelude::*;

use super::timeline::Timeline;
use crate::model::hold::Hold;

/// Size in units of the picture; the page scales it. Coordinates are whole numbers, hence so many.
pub(super) const SIZE: (u32, u32) = (1_920, 960);
/// Height of the letters.
const LETTERS: u32 = 54;

/// Milliseconds from which on times are shown in seconds.
const LONG: u64 = 10_000;

/// First requests, and times of half of the rows.
const MAIN: RGBColor = RGBColor(0x1f, 0x5c, 0x99);
/// Requests for rows that were sent again.
const AGAIN: RGBColor = RGBColor(0xc7, 0x7b, 0x0a);
/// Times of nine rows in ten.
const MOST: RGBColor = RGBColor(0x62, 0x94, 0xc7);
/// Holds.
const HELD: RGBColor = RGBColor(0xf6, 0xe9, 0xcd);
/// Where holds begin and end.
const HELD_EDGE: RGBColor = RGBColor(0xa0, 0x7c, 0x33);
/// The rate limit.
const LIMIT: RGBColor = RGBColor(0x5b, 0x64, 0x70);
/// Axes and what stands at them.
const LABELS: RGBColor = RGBColor(0x5a, 0x62, 0x6d);
/// Lines behind.
const LINES: RGBColor = RGBColor(0xe2, 0xe5, 0xe9);

/// A coloured part of a picture.
type Block = (f64, f64, f64, f64, RGBColor);

/// What the time is counted in, so that its axis has round numbers: seconds of it, and its name.
pub(super) fn unit(length: f64) -> (f64, &'static str) {
    match length {
        ..120.0 => (1.0, "seconds"),
        120.0..7_200.0 => (60.0, "minutes"),
        7_200.0..172_800.0 => (3_600.0, "hours"),
        _ => (86_400.0, "days"),
    }
}

/// The most requests a second.
pub(super) fn top_rate(timeline: &Timeline) -> f64 {
    let width = timeline.seconds();
    timeline.bins().map(|(_, bin)| rate(bin.first + bin.again, width)).fold(0.0, f64::max)
}

/// Whether a limit can be shown: one far above what was sent would leave nothing to be seen of that.
pub(super) fn shows(timeline: &Timeline, limit: f64) -> bool {
    limit < top_rate(timeline) * 3.0
}

/// Requests a second: the first of each row below, those for rows that were sent again on top.
pub(super) fn requests(timeline: &Timeline, holds: &[Hold], limit: Option<f64>) -> Option<String> {
    let width = timeline.seconds();
    let mut blocks = Vec::new();
    let top = top_rate(timeline);
    for (begin, bin) in timeline.bins() {
        let first = rate(bin.first, width);
        let all = rate(bin.first + bin.again, width);
        blocks.push((begin, begin + width, 0.0, first, MAIN));
        blocks.push((begin, begin + width, first, all, AGAIN));
    }
    let top = limit.map_or(top, |limit| top.max(limit));
    draw(timeline, holds, &blocks, top, limit)
}

/// The picture of times.
pub(super) struct Times {
    /// The picture.
    pub(super) svg: Option<String>,
    /// What they are counted in.
    pub(super) unit: &'static str,
    /// The longest time in milliseconds, if the picture is not high enough for it.
    pub(super) beyond: Option<u64>,
}

/// Times from the first request of a row to its end: of nine rows in ten, and of half of them.
pub(super) fn times(timeline: &Timeline, holds: &[Hold]) -> Times {
    let height = height(timeline.bins().filter_map(|(_, bin)| bin.times()).map(|(_, most)| most));
    let longest = timeline.bins().filter_map(|(_, bin)| bin.times()).map(|(_, most)| most).max();
    let (unit, name) = if height < LONG { (1.0, "Milliseconds") } else { (1_000.0, "Seconds") };
    let width = timeline.seconds();
    let mut blocks = Vec::new();
    for (begin, bin) in timeline.bins() {
        let Some((half, most)) = bin.times() else { continue };
        let [half, most] = [half, most].map(|time| number(time.min(height * 2)) / unit);
        blocks.push((begin, begin + width, 0.0, most, MOST));
        blocks.push((begin, begin + width, 0.0, half, MAIN));
    }
    let svg = draw(timeline, holds, &blocks, number(height) / unit, None);
    Times { svg, unit: name, beyond: longest.filter(|longest| *longest > height) }
}

/// How high the picture of these times is: a few long ones, as after a hold, must not make all others too small to
/// be seen.
fn height(times: impl Iterator<Item = u64>) -> u64 {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    let (Some(longest), Some(typical)) = (times.last(), times.get(times.len() * 4 / 5)) else {
        return 1;
    };
    (*longest).min(typical * 3).max(1)
}

/// How often something happened in a second.
fn rate(count: u64, seconds: f64) -> f64 {
    number(count) / seconds
}

#[expect(clippy::cast_precision_loss, reason = "a number to show")]
fn number(count: u64) -> f64 {
    count as f64
}

/// Draws the blocks over the holds; nothing if the picture cannot be made, which only takes it from the page.
fn draw(
    timeline: &Timeline,
    holds: &[Hold],
    blocks: &[Block],
    top: f64,
    limit: Option<f64>,
) -> Option<String> {
    let length = timeline.length();
    let (unit, _) = unit(length);
    let top = if top > 0.0 { top * 1.08 } else { 1.0 };
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin_top(LETTERS / 2)
            .margin_right(LETTERS)
            .x_label_area_size(LETTERS * 3 / 2)
            .y_label_area_size(LETTERS * 3)
            .build_cartesian_2d(0.0..length / unit, 0.0..top)
            .ok()?;
        let letters = ("sans-serif", LETTERS).into_font().color(&LABELS);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(LINES.stroke_width(2))
            .axis_style(LABELS.stroke_width(2))
            .x_labels(7)
            .y_labels(5)
            .label_style(letters)
            .x_label_formatter(&|x| label(*x))
            .y_label_formatter(&|y| label(*y))
            .draw()
            .ok()?;
        let held: Vec<_> = holds
            .iter()
            .map(|hold| [hold.from, hold.to].map(|time| timeline.offset(time).clamp(0.0, length)))
            .collect();
        let bands = held.iter().map(|[from, to]| (*from, *to, 0.0, top, HELD));
        let all = bands.chain(blocks.iter().copied());
        let shapes = all.filter(|(from, to, low, high, _)| from < to && low < high).map(
            |(from, to, low, high, colour)| {
                let corners = [(from / unit, high.min(top)), (to / unit, low)];
                Rectangle::new(corners, colour.filled())
            },
        );
        chart.draw_series(shapes).ok()?;
        // The light colour of a hold alone would be too pale to be seen by everybody.
        let edges = held.iter().flatten().map(|at| {
            PathElement::new([(at / unit, 0.0), (at / unit, top)], HELD_EDGE.stroke_width(3))
        });
        chart.draw_series(edges).ok()?;
        let limits = limit.map(|limit| {
            PathElement::new([(0.0, limit), (length / unit, limit)], LIMIT.stroke_width(4))
        });
        chart.draw_series(limits).ok()?;
        area.present().ok()?;
    }
    Some(svg)
}

/// A number at an axis: no more digits than tell it from its neighbours.
pub(super) fn label(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if value >= 10_000.0 { format!("{}k", label(value / 1_000.0)) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_at_an_axis_are_short() {
        let said = [0.0, 0.5, 2.25, 10.0, 1_500.0, 20_000.0].map(label);
        assert_eq!(said, ["0", "0.5", "2.25", "10", "1500", "20k"]);
    }

    #[test]
    fn a_few_long_times_do_not_make_the_others_small() {
        assert_eq!(height([].into_iter()), 1);
        assert_eq!(height([0].into_iter()), 1);
        assert_eq!(height([20, 30, 25, 40].into_iter()), 40);
        assert_eq!(height((0..20).map(|step| if step == 7 { 6_000 } else { 30 })), 90);
    }

    #[test]
    fn the_style_sheet_knows_every_colour_in_both_themes() {
        let style = include_str!("report.css");
        for RGBColor(red, green, blue) in [MAIN, AGAIN, MOST, HELD, HELD_EDGE, LIMIT, LABELS, LINES]
        {
            let colour = format!("=\"#{red:02X}{green:02X}{blue:02X}\"]");
            assert!(style.contains(&colour), "{colour}");
        }
    }
}
