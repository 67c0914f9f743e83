//! Nothing: the manifest says why.
