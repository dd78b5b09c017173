//! The brief of a slice's worker: what the program says of it, and whose the rest is.

use orch_prompts::{Brief, Slice, Slices, implementer, section_writer};

/// `own`, which is the program's brief for `slice`, made complete: who owns what, the scope, and the form of the answer
/// where it names none.
pub(super) fn complete(own: Brief, slice: &Slice, all: &Slices) -> Brief {
    let brief = if own.outputs().is_empty() {
        in_form(&own, slice, all)
    } else {
        own
    };
    // A brief may have been told its slice already: nobody is told twice.
    let told = Brief::new("").slice(slice, all);
    let missing: Vec<String> = told
        .instructions()
        .iter()
        .filter(|line| !brief.instructions().contains(line))
        .cloned()
        .collect();
    missing
        .into_iter()
        .fold(brief.scope(told.scope_ref().clone()), Brief::instruct)
}

/// The brief that the house has for such a worker, with the program's task and everything else that it says.
fn in_form(own: &Brief, slice: &Slice, all: &Slices) -> Brief {
    let mut brief = if slice.is_section() {
        section_writer(own.task(), slice, all)
    } else {
        implementer(own.task(), &slice.paths)
    };
    if let Some(lens) = own.lens_ref() {
        brief = brief.lens(lens.clone());
    }
    if let Some(pack) = own.pack_ref() {
        brief = brief.pack(pack.clone());
    }
    if let Some(artefact) = own.artefact_ref() {
        brief = brief.artefact(artefact.clone());
    }
    if own.searches_web() {
        brief = brief.web();
    }
    let brief = own.materials().iter().cloned().fold(brief, Brief::material);
    let brief = own.instructions().iter().cloned().fold(brief, Brief::instruct);
    own.prohibitions().iter().cloned().fold(brief, Brief::forbid)
}

#[cfg(test)]
mod tests {
    use orch_prompts::{Material, Pack, Scope};

    use super::*;

    fn all() -> Slices {
        Slices::new([
            Slice::new("a", ["src/a"]),
            Slice::new("b", ["src/b"]),
            Slice::section("c"),
        ])
    }

    #[test]
    fn a_brief_that_only_names_the_task_gets_the_form_of_the_answer_and_whose_the_rest_is() {
        let all = all();
        let own = Brief::new("Port it.")
            .pack(Pack::new("done"))
            .material(Material::new("notes", "a scout", "text"))
            .instruct("Keep the names.")
            .forbid("Add a crate.");
        let writer = complete(own.clone(), &all.as_slice()[0], &all);
        assert_eq!(writer.task(), "Port it.");
        assert_eq!(*writer.scope_ref(), Scope::write(["src/a"]));
        assert!(writer.outputs()[0].contains("\"summary\""));
        assert!(writer.pack_ref().is_some() && writer.materials().len() == 1);
        let says = |line: &str| writer.instructions().iter().any(|own| own.contains(line));
        assert!(says("Keep the names.") && says("Your slice is a (src/a)") && says("b (src/b); c"));
        assert!(writer.prohibitions().iter().any(|line| line == "Add a crate."));
        let section = complete(own, &all.as_slice()[2], &all);
        assert_eq!(*section.scope_ref(), Scope::ReadOnly);
        assert!(section.outputs()[0].contains("\"text\""));
        assert!(section.task().ends_with("Port it."));
    }

    #[test]
    fn a_brief_that_is_whole_is_told_its_slice_once() {
        let all = all();
        let slice = &all.as_slice()[2];
        let own = section_writer("Write the guide.", slice, &all);
        assert_eq!(complete(own.clone(), slice, &all), own);
    }
}
