//! When training may be held: kinds of day, hours of the day, school terms.

use std::collections::BTreeSet;

use kernel::{Day, Stage, TimeOfDay, words};

use crate::value::{Fault, record_values, word_values};

words! {
    /// A kind of day on which a kind of training may not be held.
    ClosedDay {
        /// A statutory holiday (法定节假日).
        LegalHoliday = "legal_holiday" / "国家法定节假日",
        /// A rest day (休息日).
        RestDay = "rest_day" / "休息日",
        /// Winter or summer vacation (寒暑假).
        Vacation = "vacation" / "寒暑假期",
    }
}

word_values! {
    ClosedDay = "legal_holiday, rest_day or vacation";
}

record_values! {
    /// Hours of the day.
    TimeSpan [check = time_span] {
        /// From.
        from: TimeOfDay,
        /// Until.
        until: TimeOfDay,
    }
    /// A school term.
    SchoolTerm [check = school_term] {
        /// First school day.
        first_on: Day,
        /// Last school day.
        last_on: Day,
        /// Of which stages.
        stages: BTreeSet<Stage>,
    }
    /// The school terms that are known, in order. Days outside the span that they cover are unknown;
    /// days between two terms are vacation.
    SchoolTerms [check = school_terms] {
        /// Terms in order of their first day.
        terms: Vec<SchoolTerm>,
        /// Last day of the vacation after the last term; none = not known.
        vacation_until_on: Option<Day>,
    }
}

words! {
    /// What the school calendar says of a day.
    TermDay {
        /// Within a term: a school day, if it is a working day.
        InTerm = "in_term" / "学期内",
        /// Between two terms.
        Vacation = "vacation" / "寒暑假期",
    }
}

impl SchoolTerms {
    /// What a day is to pupils of a stage; none outside the terms that are known.
    pub fn at(&self, stage: Stage, on: Day) -> Option<TermDay> {
        let own = || self.terms.iter().filter(|term| term.stages.contains(&stage));
        if own().any(|term| term.first_on <= on && on <= term.last_on) {
            return Some(TermDay::InTerm);
        }
        let after_a_term = own().any(|term| term.last_on < on);
        let ahead = own().any(|term| on < term.first_on) || self.vacation_until_on.is_some_and(|last| on <= last);
        (after_a_term && ahead).then_some(TermDay::Vacation)
    }
}

fn time_span(span: &TimeSpan) -> Result<(), Fault> {
    if span.from < span.until { Ok(()) } else { Err(Fault::Inconsistent("from is before until")) }
}

fn school_term(term: &SchoolTerm) -> Result<(), Fault> {
    // No term is longer than half a year and some weeks; a longer one is a slip.
    if (0..=200).contains(&term.first_on.days_until(term.last_on)) {
        Ok(())
    } else {
        Err(Fault::Inconsistent("a term ends after it begins and has at most 200 days"))
    }
}

fn school_terms(terms: &SchoolTerms) -> Result<(), Fault> {
    let follows = |before: &SchoolTerm, after: &SchoolTerm| {
        before.stages.is_disjoint(&after.stages) || before.last_on < after.first_on
    };
    let sorted = terms.terms.windows(2).all(|pair| match pair {
        [before, after] => before.first_on <= after.first_on,
        _ => true,
    });
    let apart = terms.terms.iter().enumerate().all(|(i, term)| terms.terms.iter().take(i).all(|b| follows(b, term)));
    let vacation = terms.vacation_until_on.is_none_or(|last| terms.terms.iter().all(|term| term.last_on < last));
    if sorted && apart && vacation {
        Ok(())
    } else {
        Err(Fault::Inconsistent("terms in order, those of a stage apart, and the last vacation after them"))
    }
}
