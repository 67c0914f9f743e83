//! Guided prices: bands of class size, areas, length of a unit, float.

use kernel::{Fen, words};

use crate::value::{Fault, record_values, word_values};

words! {
    /// Where a class is held, as price tables tell apart.
    Area {
        /// The table does not tell areas apart.
        All = "all" / "不分城乡",
        /// City or town.
        City = "city" / "城区",
        /// Village.
        Village = "village" / "乡村",
    }
}

word_values! {
    Area = "all, city or village";
}

record_values! {
    /// The price of one unit for one pupil in a class of a certain size.
    PriceBand {
        /// Smallest class, pupils, included.
        from: u32,
        /// Largest class, pupils, included; none = any larger.
        to: Option<u32>,
        /// Base price, fen per unit and pupil.
        fen: Fen,
    }
    /// The bands of an area.
    AreaPrices {
        /// Which area.
        area: Area,
        /// Bands, smallest class first. Together they cover every class from one pupil.
        bands: Vec<PriceBand>,
    }
    /// A price table of one mode. Prices go down freely.
    PriceTable [check = check_table] {
        /// Length of the unit that the prices are for, minutes; other lengths in proportion.
        unit_minutes: u16,
        /// How far a price may lie above the base, per cent.
        float_up_percent: u16,
        /// Does the text itself let neighbouring bands share their edge (以下, 以上 include the number)?
        shared_edges: bool,
        /// One table for all, or one per area.
        areas: Vec<AreaPrices>,
    }
}

impl PriceTable {
    /// The bands that hold for a class of this size in this area: one; two where the text lets bands
    /// share an edge; none when the table tells areas apart and not this one.
    pub fn bands_for(&self, area: Area, pupils: u32) -> Vec<&PriceBand> {
        let fits = |of: &&AreaPrices| of.area == area || of.area == Area::All;
        let bands = self.areas.iter().filter(fits).flat_map(|of| &of.bands);
        bands.filter(|band| band.covers(pupils)).collect()
    }

    /// Does the table tell areas apart?
    pub fn tells_areas_apart(&self) -> bool {
        self.areas.iter().all(|of| of.area != Area::All)
    }
}

impl PriceBand {
    /// Does a class of this size belong here?
    pub fn covers(&self, pupils: u32) -> bool {
        self.from <= pupils && self.to.is_none_or(|to| pupils <= to)
    }

    /// The band as people write it: `<10`, `10-35`, `>35`.
    pub fn label(&self) -> String {
        match (self.from, self.to) {
            (0 | 1, None) => ">=1".to_owned(),
            (0 | 1, Some(to)) => format!("<{}", to.saturating_add(1)),
            (from, None) => format!(">{}", from.saturating_sub(1)),
            (from, Some(to)) => format!("{from}-{to}"),
        }
    }
}

/// Every area once, either all or by area; every class size from one pupil has a band, and one only
/// unless edges are shared.
fn check_table(table: &PriceTable) -> Result<(), Fault> {
    let all = table.areas.iter().any(|of| of.area == Area::All);
    let twice = table.areas.iter().enumerate().any(|(i, of)| table.areas.iter().take(i).any(|o| o.area == of.area));
    if twice || (all && table.areas.len() > 1) || table.unit_minutes == 0 {
        return Err(Fault::Inconsistent("areas given twice, \"all\" beside another area, or a unit of no minutes"));
    }
    for of in &table.areas {
        check_bands(&of.bands, table.shared_edges)?;
    }
    Ok(())
}

fn check_bands(bands: &[PriceBand], shared_edges: bool) -> Result<(), Fault> {
    // The first class size without a band so far; none = all sizes are covered.
    let mut next = Some(1_u32);
    for band in bands {
        if band.to.is_some_and(|to| to < band.from) {
            return Err(Fault::Inconsistent("a band that ends before it begins"));
        }
        let Some(expected) = next else { return Err(Fault::Overlapping(band.from)) };
        let edge = expected.saturating_sub(1);
        if band.from > expected {
            return Err(Fault::Uncovered(expected));
        }
        let shares = shared_edges && expected > 1 && band.from == edge;
        if band.from < expected && !shares {
            return Err(Fault::Overlapping(band.from));
        }
        next = band.to.map(|to| to.saturating_add(1));
    }
    next.map_or(Ok(()), |uncovered| Err(Fault::Uncovered(uncovered)))
}
