//! The cost of an append against the length of the ledger, drawn.

use std::time::Duration;

use plotters::prelude::*;

use super::Grown;

/// Pixels.
const SIZE: (u32, u32) = (900, 420);
const COST: RGBColor = RGBColor(0x1b, 0x5e, 0x9c);
const GOAL: RGBColor = RGBColor(0xb0, 0x44, 0x1e);

/// Microseconds of the processor per append where the system tells them, else of the clock.
fn cost(grown: &Grown) -> f64 {
    let of_clock = || Duration::from_secs_f64(1.0 / grown.measured.per_second().max(1e-9));
    grown.processor.unwrap_or_else(of_clock).as_secs_f64() * 1e6
}

/// Draws it as SVG, with the goal: 1.3 times what it costs at the first length.
///
/// # Errors
/// Nothing measured, or what the drawing library says.
#[expect(clippy::cast_precision_loss, reason = "places on a picture")]
pub fn plot(found: &[Grown]) -> anyhow::Result<String> {
    let (Some(first), Some(last)) = (found.first(), found.last()) else { anyhow::bail!("nothing to draw") };
    let goal = cost(first) * 1.3;
    let top = found.iter().map(cost).fold(goal, f64::max) * 1.2;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .caption("一笔记账的处理器时间 processor time of an append", ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(56)
            .build_cartesian_2d(((first.entries as f64)..(last.entries as f64 * 1.15)).log_scale(), 0.0..top)?;
        chart
            .configure_mesh()
            .x_desc("账本条数 entries in the ledger")
            .y_desc("µs")
            .x_label_formatter(&|entries| short(*entries))
            .y_label_formatter(&|micros| format!("{micros:.0}"))
            .draw()?;
        chart
            .draw_series(LineSeries::new([first.entries, last.entries].map(|entries| (entries as f64, goal)), GOAL))?
            .label("目标：起点的 1.3 倍 goal: 1.3 times the first")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], GOAL));
        let line = || found.iter().map(|grown| (grown.entries as f64, cost(grown)));
        chart
            .draw_series(LineSeries::new(line(), COST.stroke_width(2)))?
            .label("实测 measured")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], COST.stroke_width(2)));
        chart.draw_series(line().map(|point| Circle::new(point, 4, COST.filled())))?;
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .background_style(WHITE)
            .border_style(BLACK)
            .draw()?;
        area.present()?;
    }
    Ok(svg)
}

fn short(entries: f64) -> String {
    if entries >= 999_500.0 { format!("{:.0} M", entries / 1e6) } else { format!("{:.0} k", entries / 1e3) }
}
