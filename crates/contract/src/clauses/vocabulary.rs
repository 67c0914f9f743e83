//! The words of the check, as data: every concept of `data/clauses/words` and every literal of a
//! frame in one trie, so that a text is walked once, in the length of the text times the length of
//! the longest word, whatever it says.

use std::collections::BTreeMap;
use std::ops::Range;

use super::concept::Concept;

/// A concept that rules in code know (below [`Concept::COUNT`]), one that only frames use, or a literal.
pub(super) type Id = u16;

/// A word of a concept, found; places are folded characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    /// Of what.
    pub id: Id,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

impl Span {
    /// By id, then by place, as one number; a text is far shorter than 16 million characters.
    fn order(&self) -> u64 {
        let place = |at: usize| u64::try_from(at).unwrap_or(u64::MAX) & 0xff_ffff;
        u64::from(self.id) << 48 | place(self.start) << 24 | place(self.end)
    }
}

/// The files of words: a name, ` =`, and on indented lines the words, separated by spaces. Words are
/// runs of folded characters; longer and shorter ones may overlap, all of them are found. `不/无须·赔/赔偿`
/// stands for every word made of one part before and one after the point.
pub(super) const FILES: &[(&str, &str)] = &[
    ("people.txt", include_str!("../../data/clauses/words/people.txt")),
    ("refund.txt", include_str!("../../data/clauses/words/refund.txt")),
    ("acts.txt", include_str!("../../data/clauses/words/acts.txt")),
    ("frames.txt", include_str!("../../data/clauses/words/frames.txt")),
    ("more.txt", include_str!("../../data/clauses/words/more.txt")),
];

/// The place of an ideograph in the table of first characters.
fn place(c: char) -> Option<usize> {
    let at = usize::try_from(u32::from(c).checked_sub(IDEOGRAPHS.0)?).ok()?;
    (at < IDEOGRAPHS.1).then_some(at)
}

/// The words that a product stands for; a word without a point stands for itself.
fn products(token: &str) -> Vec<String> {
    token.split('·').fold(vec![String::new()], |heads, tails| {
        heads.iter().flat_map(|head| tails.split('/').map(move |tail| format!("{head}{tail}"))).collect()
    })
}

#[derive(Debug, Default)]
struct Node {
    children: Vec<(char, usize)>,
    ids: Vec<Id>,
}

/// Names and words.
#[derive(Debug)]
pub(super) struct Vocabulary {
    names: Vec<&'static str>,
    /// How common each id is, roughly: short words are.
    weights: Vec<u32>,
    by_name: BTreeMap<&'static str, Id>,
    literals: BTreeMap<&'static str, Id>,
    /// How many of the ids are classes of words; the others are literals.
    classes: usize,
    nodes: Vec<Node>,
    /// The node of every first character of the unified ideographs; 0 where no word begins.
    first: Vec<usize>,
}

/// The first and the number of the ideographs that have a place in the table of first characters.
const IDEOGRAPHS: (u32, usize) = (0x4e00, 0x5200);

impl Vocabulary {
    /// Reads the files; what cannot be read is said in `faults` and left out (a test sees to it that
    /// there is nothing).
    pub fn read(faults: &mut Vec<String>) -> Vocabulary {
        let names: Vec<_> = Concept::ALL.iter().map(|concept| concept.zh()).collect();
        let by_name = names.iter().copied().zip(0..).collect();
        let mut vocabulary = Vocabulary {
            weights: vec![0; names.len()],
            names,
            by_name,
            literals: BTreeMap::new(),
            classes: 0,
            nodes: vec![Node::default()],
            first: Vec::new(),
        };
        for (file, content) in FILES {
            let mut name = None;
            for line in content.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("//")) {
                if let Some(head) = line.strip_suffix(" =") {
                    name = Some(vocabulary.named(head));
                } else if let (true, Some(id)) = (line.starts_with(' '), name) {
                    for word in line.split_whitespace().flat_map(products) {
                        vocabulary.insert(&word, id);
                    }
                } else {
                    faults.push(format!("{file}: {line}"));
                }
            }
        }
        vocabulary.classes = vocabulary.names.len();
        vocabulary
    }

    /// The id of a name that files of words give.
    pub fn find(&self, name: &str) -> Option<Id> {
        self.by_name.get(name).copied()
    }

    /// The id of a literal, which stands for itself.
    pub fn literal(&mut self, word: &'static str) -> Id {
        let fresh = Id::try_from(self.names.len()).unwrap_or(Id::MAX);
        let id = *self.literals.entry(word).or_insert(fresh);
        if id == fresh {
            self.names.push(word);
            self.insert(word, id);
        }
        id
    }

    /// What a finding calls it; a number has no id of its own.
    pub fn name(&self, id: Id) -> &'static str {
        self.names.get(usize::from(id)).copied().unwrap_or("数目")
    }

    /// How common the words of an id are, to compare with another.
    pub fn weight(&self, id: Id) -> u32 {
        self.weights.get(usize::from(id)).copied().unwrap_or(0)
    }

    /// Is it a class of words, and no literal of a frame?
    pub fn is_class(&self, id: Id) -> bool {
        usize::from(id) < self.classes
    }

    /// How many ids there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    fn named(&mut self, name: &'static str) -> Id {
        let fresh = Id::try_from(self.names.len()).unwrap_or(Id::MAX);
        let id = *self.by_name.entry(name).or_insert(fresh);
        if id == fresh {
            self.names.push(name);
        }
        id
    }

    fn insert(&mut self, word: &str, id: Id) {
        let weight = match word.chars().count() {
            1 => 1_000,
            2 => 30,
            3 => 3,
            _ => 1,
        };
        self.weights.resize(self.names.len(), 0);
        if let Some(slot) = self.weights.get_mut(usize::from(id)) {
            *slot = slot.saturating_add(weight);
        }
        let mut at = 0_usize;
        for c in word.chars() {
            let fresh = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else { return };
            match node.children.binary_search_by_key(&c, |(known, _)| *known) {
                Ok(place) => at = node.children.get(place).map_or(fresh, |(_, next)| *next),
                Err(place) => {
                    node.children.insert(place, (c, fresh));
                    self.nodes.push(Node::default());
                    at = fresh;
                }
            }
        }
        if let Some(node) = self.nodes.get_mut(at)
            && !node.ids.contains(&id)
        {
            node.ids.push(id);
        }
    }

    /// To be called when every word is in: the table of first characters.
    pub fn finish(&mut self) {
        self.first = vec![0; IDEOGRAPHS.1];
        for (c, node) in self.nodes.first().map(|root| root.children.as_slice()).unwrap_or_default() {
            if let Some(slot) = place(*c).and_then(|at| self.first.get_mut(at)) {
                *slot = *node;
            }
        }
    }

    /// The node after a character.
    fn step(&self, at: usize, c: char) -> Option<usize> {
        if at == 0
            && let Some(node) = place(c).and_then(|place| self.first.get(place))
        {
            return (*node > 0).then_some(*node);
        }
        let node = self.nodes.get(at)?;
        let place = node.children.binary_search_by_key(&c, |(known, _)| *known).ok()?;
        node.children.get(place).map(|(_, next)| *next)
    }

    /// Every word in a range, those inside a masking word left out; sorted by id, then by place.
    pub fn spans(&self, chars: &[char], range: Range<usize>) -> Vec<Span> {
        let mask = Concept::Mask as usize;
        let mut found = Vec::with_capacity(range.len().saturating_mul(6));
        let mut masks: Vec<(usize, usize)> = Vec::new();
        for start in range.clone() {
            let mut at = 0_usize;
            let rest = chars.get(start..range.end).unwrap_or_default();
            for (length, c) in (1_usize..).zip(rest) {
                let Some(next) = self.step(at, *c) else { break };
                at = next;
                let end = start.saturating_add(length);
                for id in self.nodes.get(at).map(|node| node.ids.as_slice()).unwrap_or_default() {
                    if usize::from(*id) == mask {
                        masks.push((start, end));
                    } else {
                        found.push(Span { id: *id, start, end });
                    }
                }
            }
        }
        if !masks.is_empty() {
            // A word that is as long as the mask itself stays.
            found.retain(|hit| {
                !masks.iter().any(|(from, to)| {
                    *from <= hit.start && hit.end <= *to && hit.end.saturating_sub(hit.start) < to.saturating_sub(*from)
                })
            });
        }
        found.sort_unstable_by_key(Span::order);
        found
    }
}
