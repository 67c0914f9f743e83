//! Pictures: small SVGs made on the server. Series differ by pattern as well as by shade, every
//! value is written beside its mark, and `title` and `desc` say the same to those who do not see it.
//! No style attributes: the page's policy forbids them; the classes are in `console.css`.

use minijinja::{Error, ErrorKind};
use serde_json::Value;

/// Most series that have a pattern of their own.
const SERIES_MAX: usize = 4;

fn wrong() -> Error {
    Error::new(ErrorKind::InvalidOperation, "a picture is made of title, desc, series and rows")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => escaped(text),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// One row: what it is called, its values, and the values as they are written.
struct Row {
    label: String,
    values: Vec<(f64, String)>,
}

struct Drawing {
    title: String,
    desc: String,
    series: Vec<String>,
    rows: Vec<Row>,
}

fn drawing(values: &Value) -> Result<Drawing, Error> {
    let series = values.get("series").and_then(Value::as_array).ok_or_else(wrong)?;
    let rows = values.get("rows").and_then(Value::as_array).ok_or_else(wrong)?;
    let series = series.iter().take(SERIES_MAX).map(|name| escaped(name.as_str().unwrap_or_default())).collect();
    let rows = rows.iter().map(row).collect();
    Ok(Drawing { title: text(values, "title"), desc: text(values, "desc"), series, rows })
}

fn row(row: &Value) -> Row {
    let list = |name: &str| row.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let written = list("written");
    let numbers = list("values");
    let values = numbers.iter().enumerate().take(SERIES_MAX).map(|(i, value)| {
        let said = written.get(i).and_then(Value::as_str).map(escaped).unwrap_or_else(|| value.to_string());
        (value.as_f64().unwrap_or(0.0).max(0.0), said)
    });
    Row { label: text(row, "label"), values: values.collect() }
}

fn largest(drawing: &Drawing, stacked: bool) -> f64 {
    let of = |row: &Row| {
        let values = row.values.iter().map(|(value, _)| *value);
        if stacked { values.sum::<f64>() } else { values.fold(0.0, f64::max) }
    };
    drawing.rows.iter().map(of).fold(1.0, f64::max)
}

/// The patterns: plain, hatched, dotted, crossed. They are the same in every picture of a page.
const PATTERNS: &str = r#"<defs>
<pattern id="p1" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="b1"/><rect width="2" height="6" class="i1"/></pattern>
<pattern id="p2" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="b2"/><circle cx="3" cy="3" r="1.4" class="i2"/></pattern>
<pattern id="p3" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" class="b3"/><path d="M0 0L8 8M8 0L0 8" class="i3"/></pattern>
</defs>"#;

fn fill(series: usize) -> String {
    if series == 0 { "class=\"s0\"".to_owned() } else { format!("fill=\"url(#p{series})\" class=\"s{series}\"") }
}

fn open(drawing: &Drawing, width: f64, height: f64, kind: &str) -> String {
    format!(
        "<div class=\"chart\" role=\"group\" tabindex=\"0\" aria-label=\"{}\"><svg class=\"picture {kind}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
         aria-label=\"{}\"><title>{}</title><desc>{}</desc>{PATTERNS}",
        drawing.title, drawing.title, drawing.title, drawing.desc
    )
}

fn legend(drawing: &Drawing, y: f64) -> String {
    let mut out = String::new();
    let mut x = 0.0;
    for (i, name) in drawing.series.iter().enumerate() {
        out.push_str(&format!(
            "<rect x=\"{x:.0}\" y=\"{:.0}\" width=\"14\" height=\"12\" {}/><text x=\"{:.0}\" y=\"{:.0}\">{name}</text>",
            y - 10.0,
            fill(i),
            x + 20.0,
            y
        ));
        x += 60.0 + 14.0 * count(name.chars().count());
    }
    out
}

/// A small count as a coordinate.
fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(0.0, f64::from)
}

/// Lying bars, one group for each row, each value beside its bar.
///
/// # Errors
/// Values that are no picture.
pub fn bars(values: &Value) -> Result<String, Error> {
    const WIDTH: f64 = 720.0;
    const LEFT: f64 = 220.0;
    const SPACE: f64 = 360.0;
    const BAR: f64 = 13.0;
    let drawing = drawing(values)?;
    let group = BAR * count(drawing.series.len()) + 9.0;
    let height = 30.0 + group * count(drawing.rows.len());
    let most = largest(&drawing, false);
    let mut out = open(&drawing, WIDTH, height, "bars");
    out.push_str(&legend(&drawing, 14.0));
    for (i, row) in drawing.rows.iter().enumerate() {
        let y = 30.0 + group * count(i);
        let label = format!("<text x=\"0\" y=\"{:.1}\">{}</text>", y + group / 2.0, row.label);
        out.push_str(&label);
        for (series, (value, said)) in row.values.iter().enumerate() {
            let y = y + BAR * count(series);
            let width = (SPACE * value / most).max(if *value > 0.0 { 1.0 } else { 0.0 });
            out.push_str(&format!(
                "<rect x=\"{LEFT:.0}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" {}/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" class=\"value\">{said}</text>",
                BAR - 2.0,
                fill(series),
                LEFT + width + 6.0,
                y + BAR - 3.0
            ));
        }
    }
    out.push_str("</svg></div>");
    Ok(out)
}

/// Standing columns, the series of a row on top of each other, the sum above.
///
/// # Errors
/// Values that are no picture.
pub fn columns(values: &Value) -> Result<String, Error> {
    const HEIGHT: f64 = 250.0;
    const FOOT: f64 = 220.0;
    const SPACE: f64 = 165.0;
    const STEP: f64 = 64.0;
    let drawing = drawing(values)?;
    let width = (STEP * count(drawing.rows.len())).max(480.0);
    let most = largest(&drawing, true);
    let mut out = open(&drawing, width, HEIGHT, "columns");
    out.push_str(&legend(&drawing, 14.0));
    for (i, row) in drawing.rows.iter().enumerate() {
        let x = STEP * count(i) + 8.0;
        let mut y = FOOT;
        for (series, (value, said)) in row.values.iter().enumerate() {
            let height = SPACE * value / most;
            y -= height;
            out.push_str(&format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"40\" height=\"{height:.1}\" {}><title>{} {}: {said}</title></rect>",
                fill(series),
                row.label,
                drawing.series.get(series).map_or("", String::as_str)
            ));
        }
        let sum: f64 = row.values.iter().map(|(value, _)| value).sum();
        out.push_str(&format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" class=\"value middle\">{sum:.0}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" class=\"middle\">{}</text>",
            x + 20.0,
            y - 5.0,
            x + 20.0,
            FOOT + 18.0,
            row.label
        ));
    }
    out.push_str(&format!("<line x1=\"0\" y1=\"{FOOT}\" x2=\"{width:.0}\" y2=\"{FOOT}\" class=\"axis\"/></svg></div>"));
    Ok(out)
}

/// A line over time: the first series of each row, the first, largest and last value written out.
///
/// # Errors
/// Values that are no picture.
pub fn line(values: &Value) -> Result<String, Error> {
    const WIDTH: f64 = 720.0;
    const HEIGHT: f64 = 200.0;
    const FOOT: f64 = 165.0;
    const SPACE: f64 = 125.0;
    let drawing = drawing(values)?;
    let most = largest(&drawing, false);
    let mut out = open(&drawing, WIDTH, HEIGHT, "line");
    let step = WIDTH / count(drawing.rows.len().saturating_sub(1)).max(1.0);
    let points: Vec<(f64, f64, &Row)> = drawing
        .rows
        .iter()
        .enumerate()
        .map(|(i, row)| {
            (step * count(i), FOOT - SPACE * row.values.first().map_or(0.0, |(value, _)| *value) / most, row)
        })
        .collect();
    let path: Vec<String> = points.iter().map(|(x, y, _)| format!("{x:.1},{y:.1}")).collect();
    out.push_str(&format!("<polyline points=\"{}\" class=\"curve\"/>", path.join(" ")));
    out.push_str(&format!("<line x1=\"0\" y1=\"{FOOT}\" x2=\"{WIDTH}\" y2=\"{FOOT}\" class=\"axis\"/>"));
    let top = points.iter().enumerate().min_by(|a, b| a.1.1.total_cmp(&b.1.1)).map(|(i, _)| i);
    let last = points.len().saturating_sub(1);
    for (i, (x, y, row)) in points.iter().enumerate() {
        if i == 0 || i == last || Some(i) == top {
            let side = if *x < 90.0 {
                "start"
            } else if *x > WIDTH - 90.0 {
                "end"
            } else {
                "middle"
            };
            let said = row.values.first().map_or("", |(_, said)| said.as_str());
            out.push_str(&format!(
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" class=\"s0\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" class=\"value {side}\">{said}</text>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" class=\"{side}\">{}</text>",
                (y - 8.0).max(12.0),
                FOOT + 18.0,
                row.label
            ));
        }
    }
    out.push_str("</svg></div>");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_drawn_is_escaped_and_said() {
        let values = json!({
            "title": "A<b>", "desc": "\"d\"", "series": ["x&y", "z"],
            "rows": [{"label": "<script>", "values": [5, 3], "written": ["¥5", "<i>"]}]
        });
        for svg in [bars(&values), columns(&values), line(&values)] {
            let svg = svg.unwrap();
            assert!(svg.contains("<title>A&lt;b&gt;</title><desc>&quot;d&quot;</desc>"), "{svg}");
            assert!(!svg.contains("<script>") && !svg.contains("<i>") && !svg.contains("style="), "{svg}");
        }
        assert!(bars(&json!({"rows": []})).is_err());
    }
}
