//! The lens `prose`: documents that are not finished, or hard to read. It also reads the comments of programs, for
//! doubled words.
//!
//! It judges no style and knows no grammar; it reads any language that divides words by spaces.

use super::hit::{Hit, Severity, visible};
use super::hyperlinks;
use super::markdown;
use super::source::{Lang, Source};

/// A sentence longer than this is hard to follow.
const LONG: usize = 40;
/// A sentence longer than this is lost.
const VERY_LONG: usize = 60;
/// What has so many words and no full stop is a table or data.
const DATA: usize = 200;
/// A paragraph longer than this is a wall.
const WALL: usize = 220;

/// Words that stand for text to come.
const PLACEHOLDERS: [&str; 8] = ["TBD", "TBC", "TODO", "FIXME", "XXX", "TKTK", "???", "WIP"];
/// Phrases that stand for text to come, in lower case.
const PHRASES: [&str; 5] = ["lorem ipsum", "coming soon", "fill me in", "[insert ", "<insert "];
/// Words that are rightly said twice.
const TWICE: [&str; 10] = [
    "that", "had", "is", "no", "very", "bye", "ha", "blah", "sie", "die",
];
/// Link texts that say nothing of where the link leads.
const EMPTY_WORDS: [&str; 5] = ["here", "click here", "this", "this link", "link"];

pub(super) fn look(source: &Source) -> Vec<Hit> {
    if source.is_generated {
        return Vec::new();
    }
    let mut hits = Vec::new();
    if source.lang == Lang::Markdown {
        let document = markdown::document(source);
        paragraphs(source, document.prose.iter().map(String::as_str), &mut hits);
        links(source, &document, &mut hits);
    } else if source.lang.is_document() {
        paragraphs(source, source.text.lines(), &mut hits);
    } else if source.lang.is_code() {
        comments(source, &mut hits);
    }
    hits
}

/// A word of a paragraph, and the line in which it stands.
type Word<'a> = (usize, &'a str);

fn paragraphs<'a>(source: &Source, lines: impl Iterator<Item = &'a str>, hits: &mut Vec<Hit>) {
    let mut words: Vec<Word<'a>> = Vec::new();
    for (at, line) in lines.enumerate() {
        let number = at + 1;
        placeholders(source, number, line, hits);
        let bare = line.trim_start_matches([' ', '\t', '>']);
        let stands_alone = bare.is_empty() || bare.starts_with(['#', '|', '=', '<']) || is_rule(bare);
        let begins = bare.starts_with(['-', '*', '+', ':']) || bare.starts_with(|c: char| c.is_ascii_digit());
        if stands_alone || begins {
            paragraph(source, &words, hits);
            words.clear();
        }
        if !stands_alone {
            words.extend(bare.split_whitespace().map(|word| (number, word)));
        }
    }
    paragraph(source, &words, hits);
}

fn is_rule(bare: &str) -> bool {
    bare.len() > 2 && bare.bytes().all(|byte| b"-=*_~^ ".contains(&byte))
}

fn paragraph(source: &Source, words: &[Word<'_>], hits: &mut Vec<Hit>) {
    doubled(source, words, hits);
    let Some((line, _)) = words.first() else { return };
    if (WALL + 1..4 * WALL).contains(&words.len()) {
        hits.push(
            Hit::at(source, *line, "wall", Severity::Info)
                .claim(format!("a paragraph of {} words without a break", words.len()))
                .advise(format!(
                    "divide it, or make a list: a paragraph carries one thought ({WALL} words at most)"
                )),
        );
    }
    for sentence in words.split_inclusive(|(_, word)| ends_sentence(word)) {
        let said = sentence
            .iter()
            .filter(|(_, word)| word.contains(|c: char| c.is_alphanumeric() || c == '`'))
            .count();
        if (LONG + 1..DATA).contains(&said)
            && let Some((line, _)) = sentence.first()
        {
            let severity = if said > VERY_LONG {
                Severity::Medium
            } else {
                Severity::Low
            };
            hits.push(
                Hit::at(source, *line, "long-sentence", severity)
                    .claim(format!("a sentence of {said} words"))
                    .advise(format!("divide it: up to {LONG} words can be read in one go")),
            );
        }
    }
}

fn ends_sentence(word: &str) -> bool {
    let word = word.trim_end_matches(['"', '\'', ')', '*', '_', '”', '’']);
    let short = matches!(
        word,
        "e.g." | "i.e." | "etc." | "cf." | "vs." | "z.B." | "d.h." | "Dr." | "No."
    );
    word.ends_with(['.', '!', '?', ':', ';', '。']) && !short
}

/// The same word twice, one behind the other.
fn doubled(source: &Source, words: &[Word<'_>], hits: &mut Vec<Hit>) {
    for pair in words.windows(2) {
        let (line, first, second) = (pair[1].0, pair[0].1, pair[1].1);
        let plain = first.len() > 1 && first.chars().all(char::is_lowercase);
        let second = second.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        if plain && first == second && !TWICE.contains(&first) {
            hits.push(
                Hit::at(source, line, "doubled-word", Severity::Low)
                    .claim(format!("doubled word: `{first} {first}`"))
                    .advise("remove one of them"),
            );
        }
    }
}

fn placeholders(source: &Source, number: usize, line: &str, hits: &mut Vec<Hit>) {
    let lower = line.to_ascii_lowercase();
    let word = PLACEHOLDERS.iter().find(|mark| {
        line.match_indices(**mark).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + mark.len()..].chars().next();
            let touches = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_-/\"'`?=".contains(c));
            !touches(before) && !touches(after)
        })
    });
    let Some(found) = word.or_else(|| PHRASES.iter().find(|phrase| lower.contains(**phrase))) else {
        return;
    };
    hits.push(
        Hit::at(source, number, "placeholder", Severity::Medium)
            .claim(format!(
                "a placeholder in the text: `{}`",
                found.trim_matches(['[', '<', ' '])
            ))
            .advise("write what belongs there, or leave the promise out"),
    );
}

fn links(source: &Source, document: &markdown::Document, hits: &mut Vec<Hit>) {
    for link in hyperlinks::links(source, document) {
        let Some(text) = &link.text else { continue };
        let bare = text.trim().trim_matches(['*', '_']).to_lowercase();
        if link.is_image && bare.is_empty() {
            hits.push(
                Hit::at(source, link.line, "no-description", Severity::Low)
                    .claim(format!("an image without a description: `{}`", visible(&link.to)))
                    .advise("say between the brackets what it shows, for those who cannot see it"),
            );
        } else if !link.is_image && EMPTY_WORDS.contains(&&*bare) {
            hits.push(
                Hit::at(source, link.line, "empty-link-text", Severity::Info)
                    .claim(format!("a link whose text `{bare}` does not say where it leads"))
                    .advise("name the page it leads to: links are read out of their context, too"),
            );
        }
    }
}

/// The comments of a program, one paragraph for each run of lines that have nothing else.
fn comments(source: &Source, hits: &mut Vec<Hit>) {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut in_example = false;
    for (at, line) in source.comments().lines().enumerate() {
        let bare = line.trim().trim_start_matches(['/', '*', '#', '!', '-', ';']);
        let fence = bare.trim_start().starts_with("```");
        if bare.is_empty() || in_example || fence || !source.code_line(at + 1).trim().is_empty() {
            doubled(source, &words, hits);
            words.clear();
        }
        in_example &= !line.trim().is_empty();
        in_example ^= fence;
        if !in_example && !fence {
            words.extend(bare.split_whitespace().map(|word| (at + 1, word)));
        }
    }
    doubled(source, &words, hits);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(usize, &'static str)> {
        look(&Source::new(path.into(), text.as_bytes()))
            .into_iter()
            .map(|hit| (hit.line.unwrap(), hit.rule))
            .collect()
    }

    #[test]
    fn a_long_sentence_is_found_where_it_begins_and_a_list_is_none() {
        let long = "some words\n".repeat(21);
        assert_eq!(
            found("a.md", &format!("# T\n\nShort one. Then\n{long}end.\n")),
            [(3, "long-sentence")]
        );
        assert_eq!(found("a.md", &"- an item of a list\n".repeat(41)), []);
        assert_eq!(
            found(
                "a.md",
                &format!("```\n{long}```\n| {} |\n", long.replace('\n', " "))
            ),
            []
        );
        let hit = &look(&Source::new("a.txt".into(), "some words ".repeat(35).as_bytes()))[0];
        assert_eq!(
            (hit.severity, hit.claim.as_str()),
            (Severity::Medium, "a sentence of 70 words")
        );
    }

    #[test]
    fn placeholders_are_found_in_prose_alone() {
        let text = "The limit is TBD.\nSee `TODO` and the TODO-list.\nLorem ipsum dolor.\n\n```\nTBD\n```\n";
        assert_eq!(found("a.md", text), [(1, "placeholder"), (3, "placeholder")]);
    }

    #[test]
    fn doubled_words_are_found_in_text_and_comments() {
        assert_eq!(
            found("a.md", "Sums the\nthe lines, that that is.\n"),
            [(2, "doubled-word")]
        );
        assert_eq!(
            found(
                "a.rs",
                "// of the\n// the sum\nlet the = the;\nfoo(); // a\n// a\n"
            ),
            [(2, "doubled-word")]
        );
    }

    #[test]
    fn links_and_images_say_what_they_are() {
        let text = "![](a.png) ![a plot](a.png) [here](b.md) [the guide](b.md)\n";
        assert_eq!(
            found("a.md", text),
            [(1, "no-description"), (1, "empty-link-text")]
        );
    }
}
