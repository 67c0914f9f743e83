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

/// The words that a product stands for; a word without a point stands for itself.
fn products(token: &str) -> Vec<String> {
    token.split('·').fold(vec![String::new()], |heads, tails| {
        heads.iter().flat_map(|head| tails.split('/').map(move |tail| format!("{head}{tail}"))).collect()
    })
}

/// A node while words come in.
#[derive(Debug, Default)]
struct Growing {
    children: Vec<(char, usize)>,
    ids: Vec<Id>,
}

/// A node of the trie as it is walked: its children follow each other, in the order of their letters.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// A bit for the letter of every child, which it may share: nearly every step fails here.
    letters: u64,
    /// The number of the first child.
    child: u32,
    /// The first id of the words that end here, and one past the last.
    ids: (u32, u32),
    /// How many children there are.
    children: u16,
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
    growing: Vec<Growing>,
    /// The nodes; 0 is the root.
    nodes: Vec<Node>,
    /// The letter that leads to each node.
    letters: Vec<Letter>,
    /// The ids of the words that end at nodes.
    ids: Vec<Id>,
    /// The letter of every ideograph, and of other characters; 0 where no word has it.
    ideographs: Vec<Letter>,
    others: BTreeMap<char, Letter>,
    /// How many letters there are.
    used: Letter,
    /// The node of every letter that a word begins with, or 0.
    first: Vec<u32>,
}

/// A character of the words, numbered from 1.
type Letter = u16;

/// The first and the number of the unified ideographs that have a place in the table of letters.
const IDEOGRAPHS: (u32, usize) = (0x4e00, 0x5200);

/// The place of an ideograph in the table of letters.
fn place(c: char) -> Option<usize> {
    let at = usize::try_from(u32::from(c).checked_sub(IDEOGRAPHS.0)?).ok()?;
    (at < IDEOGRAPHS.1).then_some(at)
}

/// Words of a range as numbers that sort by id, then by place: the place is counted from the beginning
/// of the range and far below 16 million.
fn packed(id: Id, from: usize, to: usize) -> u64 {
    let place = |at: usize| u64::try_from(at).unwrap_or(u64::MAX) & 0xff_ffff;
    u64::from(id) << 48 | place(from) << 24 | place(to)
}

/// The word that a number stands for, in a range that begins at a place.
fn unpacked(word: u64, begin: usize) -> Span {
    let place = |bits: u64| begin.saturating_add(usize::try_from(bits & 0xff_ffff).unwrap_or(0));
    Span { id: Id::try_from(word >> 48).unwrap_or(Id::MAX), start: place(word >> 24), end: place(word) }
}

/// Room to read words in, used again for every sentence.
#[derive(Debug, Default)]
pub(super) struct Room {
    letters: Vec<Letter>,
    words: Vec<u64>,
    masks: Vec<(usize, usize)>,
}

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
            growing: vec![Growing::default()],
            nodes: Vec::new(),
            letters: Vec::new(),
            ids: Vec::new(),
            ideographs: vec![0; IDEOGRAPHS.1],
            others: BTreeMap::new(),
            used: 0,
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
            let fresh = self.growing.len();
            let Some(node) = self.growing.get_mut(at) else { return };
            match node.children.binary_search_by_key(&c, |(known, _)| *known) {
                Ok(place) => at = node.children.get(place).map_or(fresh, |(_, next)| *next),
                Err(place) => {
                    node.children.insert(place, (c, fresh));
                    self.growing.push(Growing::default());
                    at = fresh;
                }
            }
        }
        if let Some(node) = self.growing.get_mut(at)
            && !node.ids.contains(&id)
        {
            node.ids.push(id);
        }
    }

    /// To be called when every word is in: lays out the trie so that children follow each other.
    pub fn finish(&mut self) {
        let growing = std::mem::take(&mut self.growing);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut order = vec![0_usize];
        self.letters.push(0);
        let mut at = 0_usize;
        while let Some(node) = order.get(at).and_then(|known| growing.get(*known)) {
            let from = number(self.ids.len());
            self.ids.extend_from_slice(&node.ids);
            let mut children: Vec<(Letter, usize)> =
                node.children.iter().map(|(c, child)| (self.letter_for(*c), *child)).collect();
            children.sort_unstable();
            self.nodes.push(Node {
                letters: children.iter().fold(0, |bits, (letter, _)| bits | 1 << (letter & 63)),
                child: number(order.len()),
                ids: (from, number(self.ids.len())),
                children: u16::try_from(children.len()).unwrap_or(u16::MAX),
            });
            for (letter, child) in children {
                order.push(child);
                self.letters.push(letter);
            }
            at = at.saturating_add(1);
        }
        self.first = vec![0; usize::from(self.used).saturating_add(1)];
        let begin = self.nodes.first().map_or(0, |root| usize::from(root.children));
        for (node, letter) in (1_u32..).zip(self.letters.iter().skip(1).take(begin)) {
            if let Some(slot) = self.first.get_mut(usize::from(*letter)) {
                *slot = node;
            }
        }
    }

    /// The letter of a character of a word, a new one if it has none.
    fn letter_for(&mut self, c: char) -> Letter {
        let known = self.letter(c);
        if known > 0 {
            return known;
        }
        self.used = self.used.saturating_add(1);
        match place(c).and_then(|place| self.ideographs.get_mut(place)) {
            Some(slot) => *slot = self.used,
            None => {
                self.others.insert(c, self.used);
            }
        }
        self.used
    }

    /// The letter of a character of a text, or 0.
    fn letter(&self, c: char) -> Letter {
        match place(c) {
            Some(place) => self.ideographs.get(place).copied().unwrap_or(0),
            None => self.others.get(&c).copied().unwrap_or(0),
        }
    }

    /// The child of a node by a letter.
    fn step(&self, node: Node, letter: Letter) -> Option<Node> {
        if node.letters >> (letter & 63) & 1 == 0 {
            return None;
        }
        let from = usize::try_from(node.child).ok()?;
        let children = self.letters.get(from..from.saturating_add(usize::from(node.children)))?;
        let place = match children.len() {
            0..9 => children.iter().position(|known| *known == letter)?,
            _ => children.binary_search(&letter).ok()?,
        };
        self.nodes.get(from.saturating_add(place)).copied()
    }

    /// Every word in a range, those inside a masking word left out; sorted by id, then by place.
    pub fn spans(&self, chars: &[char], range: Range<usize>) -> Vec<Span> {
        let mut found = Vec::new();
        self.read_spans(chars, range, &mut Room::default(), &mut found);
        found
    }

    /// The same, into room that is there.
    pub fn read_spans(&self, chars: &[char], range: Range<usize>, room: &mut Room, found: &mut Vec<Span>) {
        let (mask, begin) = (Concept::Mask as usize, range.start);
        let Room { letters, words, masks } = room;
        letters.clear();
        letters.extend(chars.get(range).unwrap_or_default().iter().map(|c| self.letter(*c)));
        words.clear();
        masks.clear();
        for start in 0..letters.len() {
            let mut rest = letters.get(start..).unwrap_or_default().iter();
            let first = rest.next().and_then(|letter| self.first.get(usize::from(*letter))).copied().unwrap_or(0);
            if first == 0 {
                continue;
            }
            let Some(mut node) = usize::try_from(first).ok().and_then(|first| self.nodes.get(first)).copied() else {
                continue;
            };
            let mut end = start.saturating_add(1);
            loop {
                let (from, to) = node.ids;
                if from < to {
                    let (from, to) = (usize::try_from(from).unwrap_or(0), usize::try_from(to).unwrap_or(0));
                    for id in self.ids.get(from..to).unwrap_or_default() {
                        if usize::from(*id) == mask {
                            masks.push((begin.saturating_add(start), begin.saturating_add(end)));
                        } else {
                            words.push(packed(*id, start, end));
                        }
                    }
                }
                let Some(next) = rest.next().and_then(|letter| self.step(node, *letter)) else { break };
                node = next;
                end = end.saturating_add(1);
            }
        }
        words.sort_unstable();
        found.clear();
        found.extend(words.iter().map(|word| unpacked(*word, begin)));
        if !masks.is_empty() {
            // A word that is as long as the mask itself stays.
            found.retain(|hit| {
                !masks.iter().any(|(from, to)| {
                    *from <= hit.start && hit.end <= *to && hit.end.saturating_sub(hit.start) < to.saturating_sub(*from)
                })
            });
        }
    }
}
