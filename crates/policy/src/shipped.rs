//! The data that ships with the product, compiled in.

/// File name and text of the nation and of each region, in order of code.
pub(crate) const SHIPPED: &[(&str, &str)] =
    &[("cn.toml", include_str!("../data/cn.toml")), ("330502.toml", include_str!("../data/330502.toml"))];
