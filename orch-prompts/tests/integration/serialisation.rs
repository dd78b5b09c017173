//! A brief as data: the same bytes every time, and nothing lost on the way back.

use orch_prompts::{Artefact, Brief, Lens, Material, Nonce, Pack, Scope, reviewer};

fn briefs() -> Vec<Brief> {
    let mut briefs = vec![
        Brief::new("t"),
        Brief::new("t")
            .scope(Scope::write(["a", "b/c"]))
            .artefact(Artefact::text("title", "text\u{0}\n")),
        Brief::new("t")
            .pack(
                Pack::new("g")
                    .non_goal("n")
                    .constraint("c")
                    .pointer("p")
                    .decision("d")
                    .success("s"),
            )
            .material(Material::new("l", "p", "t"))
            .lens(Lens::custom("mine", "f"))
            .instruct("i")
            .output("o")
            .forbid("f"),
    ];
    briefs.extend(
        Lens::ALL
            .iter()
            .map(|lens| reviewer(lens, &Artefact::diff("main"))),
    );
    briefs
}

#[test]
fn a_brief_comes_back_as_it_was_and_renders_the_same() {
    let nonce = Nonce::from_bytes(*b"0123456789abcdef");
    for brief in briefs() {
        let json = serde_json::to_string(&brief).unwrap();
        let back: Brief = serde_json::from_str(&json).unwrap();
        assert_eq!(back, brief);
        assert_eq!(serde_json::to_string(&back).unwrap(), json);
        assert_eq!(back.render(&nonce), brief.render(&nonce));
    }
}

#[test]
fn different_briefs_have_different_bytes() {
    let all: Vec<String> = briefs()
        .iter()
        .map(|brief| serde_json::to_string(brief).unwrap())
        .collect();
    for (i, one) in all.iter().enumerate() {
        assert!(!all[..i].contains(one), "{one}");
    }
}

#[test]
fn the_shape_of_a_small_brief_is_fixed() {
    assert_eq!(
        serde_json::to_string(&Brief::new("t")).unwrap(),
        r#"{"task":"t","scope":"read-only"}"#,
        "a change here changes every step key"
    );
}

#[test]
fn the_shape_of_a_full_brief_is_fixed() {
    insta::assert_json_snapshot!(&briefs()[1..3]);
}

#[test]
fn a_nonce_comes_back_as_it_was() {
    let nonce = Nonce::from_bytes(*b"0123456789abcdef");
    let json = serde_json::to_string(&nonce).unwrap();
    assert_eq!(serde_json::from_str::<Nonce>(&json).unwrap(), nonce);
}
