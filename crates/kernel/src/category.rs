//! What is taught, how and to whom: the keys by which licences, rules and courses are matched.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The text is none of the words of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the known words")]
pub struct WordError;

/// Declares a closed list of words with their one spelling and Chinese name.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal / $zh:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl $name {
            /// All, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The word used in entries, rows and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }
            /// The Chinese term.
            pub const fn zh(self) -> &'static str {
                match self { $($name::$variant => $zh),* }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::category::WordError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                match s { $($word => Ok($name::$variant),)* _ => Err($crate::category::WordError) }
            }
        }
    };
}

words! {
    /// Category of training (培训类别). `Subject` is the regulated school subjects (学科类); the rest
    /// is non-subject (非学科类).
    Category {
        /// School subjects.
        Subject = "subject" / "学科",
        /// Sports.
        Sports = "sports" / "体育",
        /// Culture and arts.
        Arts = "arts" / "文化艺术",
        /// Science and technology.
        Science = "science" / "科技",
        /// Other non-subject training.
        Other = "other" / "其他非学科",
    }
}

words! {
    /// Mode of training (培训方式). An offline licence does not cover online training, nor the reverse.
    Mode {
        /// At a licensed site.
        Offline = "offline" / "线下",
        /// Over a network.
        Online = "online" / "线上",
    }
}

words! {
    /// School stage of the pupils (学段).
    Stage {
        /// Age 3 to 6.
        Preschool = "preschool" / "学前",
        /// Primary school.
        Primary = "primary" / "小学",
        /// Junior middle school.
        Junior = "junior" / "初中",
        /// Senior middle school.
        Senior = "senior" / "高中",
    }
}

impl Category {
    /// School subject (学科类)?
    pub const fn is_subject(self) -> bool {
        matches!(self, Category::Subject)
    }
}

/// What an institution may teach, or asks to: one category, and the modes and stages of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The category.
    pub category: Category,
    /// At least one mode.
    pub modes: BTreeSet<Mode>,
    /// At least one stage.
    pub stages: BTreeSet<Stage>,
}

/// A list of words as one text, `primary,junior`, in the order of the list; and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordSet<T: Ord>(pub BTreeSet<T>);

impl<T: Ord + fmt::Display> fmt::Display for WordSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, word) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            word.fmt(f)?;
        }
        Ok(())
    }
}

impl<T: Ord + FromStr> FromStr for WordSet<T> {
    type Err = WordError;
    fn from_str(s: &str) -> Result<Self, WordError> {
        s.split(',').map(|w| w.parse().map_err(|_| WordError)).collect::<Result<_, _>>().map(WordSet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip() {
        for &category in Category::ALL {
            assert_eq!(category.as_str().parse(), Ok(category));
        }
        assert_eq!("Subject".parse::<Category>(), Err(WordError));
        let stages: WordSet<Stage> = "junior,primary".parse().unwrap();
        assert_eq!(stages.to_string(), "primary,junior");
        assert!("".parse::<WordSet<Stage>>().is_err());
    }
}
