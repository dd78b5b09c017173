//! Which addresses are the same.

use proptest::prelude::*;

use super::*;

/// All of these are one source.
fn same(addresses: &[&str], expected: &str) {
    for address in addresses {
        assert_eq!(canonical(address).as_deref(), Some(expected), "{address}");
    }
}

#[test]
fn one_page_under_many_spellings() {
    same(
        &[
            "https://example.org/a/b",
            "HTTPS://Example.ORG/a/b",
            "http://example.org/a/b/",
            "http://example.org:80/a/b",
            "https://example.org.:443/a/b//",
            "https://www.example.org/a/b#section-2",
            "www.example.org/a/b",
            "https://user:secret@example.org/a/b",
            "https://example.org/./x/../a/%62",
            "https://example.org/a/b?utm_source=x&UTM_Medium=y&gclid=1&fbclid=",
            " <https://example.org/a/b> ",
            "https://example.org/a/b?",
            "https://example.org/a/b#:~:text=word",
        ],
        "https://example.org/a/b",
    );
    same(
        &[
            "https://example.org",
            "https://example.org/",
            "https://www.example.org//",
        ],
        "https://example.org",
    );
}

#[test]
fn what_can_matter_stays_apart() {
    let apart = [
        "https://example.org/a",
        "https://example.org/A",
        "https://example.org/a//b",
        "https://example.org/a/b",
        "https://example.org:8443/a",
        "http://example.org:8443/a",
        "https://example.org/a?id=1",
        "https://example.org/a?id=2",
        "https://example.org/a?ref=main",
        "https://example.org/a#!/page",
        "https://example.org/a#/page",
        "https://docs.example.org/a",
        "https://example.org/a%2Fb",
    ];
    let mut canonicals: Vec<String> = apart.iter().filter_map(|address| canonical(address)).collect();
    canonicals.sort();
    canonicals.dedup();
    assert_eq!(canonicals.len(), apart.len(), "{canonicals:#?}");
}

#[test]
fn parameters_are_sorted_by_name_and_equal_names_keep_their_order() {
    same(
        &[
            "https://example.org/?b=2&a=1&b=1",
            "https://example.org?a=1&&b=2&b=1&utm_id=7",
        ],
        "https://example.org?a=1&b=2&b=1",
    );
}

#[test]
fn a_doi_is_one_source_in_every_form() {
    same(
        &[
            "10.1038/S41586-020-2649-2",
            "doi:10.1038/s41586-020-2649-2",
            "DOI: 10.1038/s41586-020-2649-2",
            "http://dx.doi.org/10.1038/s41586-020-2649-2",
            "https://www.doi.org/10.1038/s41586-020-2649-2/",
            "https://doi.org/10.1038%2Fs41586-020-2649-2?utm_source=x",
        ],
        "https://doi.org/10.1038/s41586-020-2649-2",
    );
}

#[test]
fn the_versions_and_formats_of_a_paper_on_arxiv_are_one_source() {
    same(
        &[
            "arXiv:2401.01234",
            "arxiv:2401.01234v2",
            "https://arxiv.org/abs/2401.01234v1",
            "http://www.arxiv.org/pdf/2401.01234v3.pdf",
            "https://arxiv.org/pdf/2401.01234",
            "https://export.arxiv.org/html/2401.01234v1#S2",
            "https://doi.org/10.48550/arXiv.2401.01234",
        ],
        "https://arxiv.org/abs/2401.01234",
    );
    same(
        &["arXiv:hep-th/9901001v2", "https://arxiv.org/abs/hep-th/9901001"],
        "https://arxiv.org/abs/hep-th/9901001",
    );
    same(
        &["https://arxiv.org/list/cs.SE/recent"],
        "https://arxiv.org/list/cs.SE/recent",
    );
}

#[test]
fn found_by_chance_and_kept() {
    same(&["www.www.www.example.org"], "https://example.org");
    same(&["10.1000/%2F"], "https://doi.org/10.1000");
    same(
        &[
            "10.1000/a%2F",
            "https://doi.org/x/../10.1000/A",
            "doi:10.1000/b%2F..%2Fa",
        ],
        "https://doi.org/10.1000/a",
    );
    same(&["http://doi.org/10.1000/ %2F"], "https://doi.org/10.1000/%20");
    same(&["10.1000/A?b#c"], "https://doi.org/10.1000/a%3fb%23c");
}

#[test]
fn what_is_no_address_has_no_canonical_form() {
    for no_address in [
        "",
        " ",
        "as everybody knows",
        "src/lib.rs",
        "lib.rs",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://exa mple.org",
        "https://example.org:port/",
        "https://example.org:99999/",
        "https://[::1",
        "https://..",
        "http:example.org",
        "10.12/x",
        "doi:",
        "arxiv:1",
        &format!("https://example.org/{}", "a".repeat(9_000)),
        &format!("https://example.org/{}", "é".repeat(4_000)),
    ] {
        assert_eq!(canonical(no_address), None, "{no_address}");
    }
}

#[test]
fn a_file_of_the_work_tree_is_one_source_whatever_the_line() {
    same(
        &[
            "file:docs/a b.md",
            "FILE:./docs//a b.md",
            "file: docs/./a%20b.md:10",
            "file:docs/a b.md:10-20",
            "file:docs/a b.md:10:3/",
            "file:docs/a b.md#L10",
        ],
        "file:docs/a%20b.md",
    );
    for elsewhere in [
        "file:",
        "file:///etc/passwd",
        "file:/etc/passwd",
        "file:../a",
        "file:a/%2e%2e/b",
        "file:.",
        "file::7",
    ] {
        assert_eq!(canonical(elsewhere), None, "{elsewhere}");
    }
}

#[test]
fn hostile_characters_are_escaped_and_hosts_of_other_scripts_stay() {
    same(
        &["https://Exämple.org/ä b\u{1b}[2J\u{202e}|"],
        "https://exämple.org/%C3%A4%20b%1B%5B2J%E2%80%AE%7C",
    );
    same(&["http://[2001:DB8::1]:80/x"], "https://[2001:db8::1]/x");
}

#[test]
fn sources_are_joined_and_told_by_whom_they_were_named() {
    let notes = |url: &str, title: &str| ResearchNotes {
        sources: vec![Source::new(url, title)],
        ..ResearchNotes::default()
    };
    let (one, two) = (notes("https://www.a.org/x/", ""), notes("http://a.org/x#y", "X"));
    let other = notes("https://b.org", "B");
    let sources = Sources::collect([
        ("first", &one),
        ("second", &other),
        ("third", &two),
        ("third", &two),
    ]);
    let expected = [
        Source {
            named_by: vec!["first".into(), "third".into()],
            ..Source::new("https://www.a.org/x/", "X")
        },
        Source {
            named_by: vec!["second".into()],
            ..Source::new("https://b.org", "B")
        },
    ];
    assert_eq!(sources.sources, expected);
    assert_eq!(sources.resolve("a.org/x"), None);
    assert_eq!(sources.resolve("https://a.org/x"), Some(&expected[0]));
    assert_eq!(sources.resolve("[2]"), Some(&expected[1]));
    assert_eq!(sources.resolve("0"), None);
    assert_eq!(sources.resolve("3"), None);
}

/// Addresses as they are, and almost as they are.
fn address() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "http://",
        "https://",
        "www.",
        "WWW.",
        "example",
        ".org",
        ".",
        "..",
        "/",
        "//",
        "a",
        "A",
        "%",
        "%2",
        "%2F",
        "%25",
        "%41",
        "%2e",
        "%c3%a9",
        "é",
        "İ",
        "Σ",
        "ß",
        "?",
        "#",
        "#!",
        "&",
        "=",
        "utm_source=",
        "b=1",
        ":",
        ":80",
        ":443",
        ":0080",
        "@",
        "[",
        "]",
        "::1",
        "file:",
        ":7-9",
        "doi:",
        "10.1000/",
        "10.48550/arxiv.",
        "2401.01234",
        "v2",
        ".pdf",
        "arxiv:",
        "arxiv.org/abs/",
        "doi.org/",
        " ",
        "\n",
        "\u{1b}[2J",
        "<",
        ">",
        "\u{202e}",
        "hep-th/9901001",
        "\\",
        "+",
        ";",
    ]);
    prop_oneof![
        4 => prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => any::<String>().prop_map(|rest| format!("https://example.org/{rest}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_canonical_address_is_its_own_and_shows_nothing_hostile(address in address()) {
        if let Some(found) = canonical(&address) {
            prop_assert_eq!(canonical(&found), Some(found.clone()), "of {:?}", address);
            prop_assert!(!found.chars().any(|c| c.is_control() || c.is_whitespace()), "{found:?}");
            prop_assert!(["https://", "http://", "file:"].iter().any(|scheme| found.starts_with(scheme)));
        }
    }

    #[test]
    fn space_around_an_address_changes_nothing(address in address()) {
        prop_assert_eq!(canonical(&format!("\n {address}\t")), canonical(&address));
    }

    #[test]
    fn tracking_says_nothing_of_what_is_read(path in "(/[a-z]{0,3}){0,3}", query in "(k=[a-z]?)?") {
        let plain = format!("https://example.org{path}?{query}");
        let tracked = format!("http://www.example.org{path}/?utm_campaign=x&{query}&fbclid=1#top");
        prop_assert_eq!(canonical(&plain), canonical(&tracked));
    }

    #[test]
    fn distinct_sources_stay_as_they_are(addresses in prop::collection::vec(address(), 0..12)) {
        let once = Sources::distinct(addresses.iter().map(|url| Source::new(url, "")));
        prop_assert_eq!(Sources::distinct(once.sources.clone()), once.clone());
        for url in &addresses {
            prop_assert_eq!(once.resolve(url).is_some(), canonical(url).is_some() || super::super::sources::number(url).is_some_and(|n| (1..=once.len()).contains(&n)));
        }
    }
}
