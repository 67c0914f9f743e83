//! The laws of the house, as tests: which crate may use which (`arrows`), and what no source file
//! may contain (`tidy`). A message of a failing law says how to mend it. Laws change here, in the
//! open, with a reason in docs/adr.

#[cfg(test)]
mod arrows;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod source;
#[cfg(test)]
mod tidy;

/// Fails with every finding, one per line, below the law that they break.
#[cfg(test)]
fn assert_none(law: &str, findings: &[String]) {
    assert!(findings.is_empty(), "\n{law}\n  {}\n", findings.join("\n  "));
}
