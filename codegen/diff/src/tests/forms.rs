//! Which property tells forms apart, and which of its values stands for which.

use super::shapes::check_named;

const PETS: &str = "
    Cat: { type: object, required: [kind], properties: { kind: { type: string }, c: { type: string } } }
    Dog: { type: object, required: [kind], properties: { kind: { type: string }, d: { type: string } } }
    Eel: { type: object, required: [kind], properties: { kind: { type: string }, e: { type: string } } }
";

/// One of several pets, as the discriminator says.
fn pet(alternatives: &[&str], discriminator: &str) -> String {
    let alternatives: Vec<_> =
        alternatives.iter().map(|name| format!("{{ $ref: '#/components/schemas/{name}' }}")).collect();
    format!("{{ oneOf: [{}]{discriminator} }}", alternatives.join(", "))
}

fn told_by(property: &str, mapping: &str) -> String {
    format!(", discriminator: {{ propertyName: {property}, mapping: {{ {mapping} }} }}")
}

#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    check_named([from, PETS], [to, PETS], expected);
}

/// From one mapping of two pets to another.
#[track_caller]
fn check_mapping(from: &str, to: &str, expected: &[&str]) {
    let pets = |mapping| pet(&["Cat", "Dog"], &told_by("kind", mapping));
    check(&pets(from), &pets(to), expected);
}

#[test]
fn the_property() {
    let (untold, told) = (pet(&["Cat", "Dog"], ""), pet(&["Cat", "Dog"], ", discriminator: { propertyName: kind }"));
    let otherwise = pet(&["Cat", "Dog"], ", discriminator: { propertyName: type }");
    check(&told, &otherwise, &["!> discriminator-changed", "!< discriminator-changed"]);
    check(&untold, &told, &["> discriminator-changed", "< discriminator-changed"]);
    check(&told, &untold, &["> discriminator-changed", "!< discriminator-changed"]);
    check(&told, &told, &[]);
    // Null besides changes nothing about that.
    let or_null = |pet: &str| format!("{{ anyOf: [{pet}, {{ type: 'null' }}] }}");
    check(&or_null(&told), &or_null(&otherwise), &["!> discriminator-changed", "!< discriminator-changed"]);
    // What is ruled out has no forms.
    let but = |pet: &str| format!("{{ not: {pet} }}");
    check(&but(&told), &but(&otherwise), &[]);
}

#[test]
fn the_values() {
    let both = "cat: Cat, dog: Dog";
    check_mapping(both, "dog: '#/components/schemas/Dog', cat: Cat", &[]);
    check_mapping(both, "cat: Cat, dog: Dog, hound: Dog", &["> enum-value-added /kind", "!< enum-value-added /kind"]);
    check_mapping(both, "cat: Cat", &["!> enum-value-removed /kind", "!< enum-value-removed /kind"]);
    check_mapping(
        both,
        "cat: Dog, dog: Cat",
        &[
            "!> discriminator-changed /kind",
            "!> discriminator-changed /kind",
            "!< discriminator-changed /kind",
            "!< discriminator-changed /kind",
        ],
    );
    check_mapping(
        both,
        "cat: Cat, hound: Dog",
        &[
            "> enum-value-added /kind",
            "!< enum-value-added /kind",
            "!> enum-value-removed /kind",
            "!< enum-value-removed /kind",
        ],
    );
    // A name stands for itself without a word.
    check_mapping("Cat: Cat, dog: Dog", "dog: Dog", &[]);
    check_mapping("dog: Dog", "Cat: Cat, dog: Dog", &[]);
}

/// A value whose form comes or goes with it is judged like that form.
#[test]
fn a_form_with_its_value() {
    let two = pet(&["Cat", "Dog"], &told_by("kind", "cat: Cat, dog: Dog"));
    let three = pet(&["Cat", "Dog", "Eel"], &told_by("kind", "cat: Cat, dog: Dog, eel: Eel"));
    check(
        &two,
        &three,
        &[
            "> alternative-added /|Eel",
            "!< alternative-added /|Eel",
            "> enum-value-added /kind",
            "!< enum-value-added /kind",
        ],
    );
    check(
        &three,
        &two,
        &[
            "!> alternative-removed /|Eel",
            "< alternative-removed /|Eel",
            "!> enum-value-removed /kind",
            "< enum-value-removed /kind",
        ],
    );
    // Where another came, it may be the same one with a tag that nobody knows.
    let other = pet(&["Cat", "Eel"], &told_by("kind", "cat: Cat"));
    check_named(
        [&two, PETS],
        [&other, PETS],
        &[
            "!> enum-value-removed /kind",
            "!< enum-value-removed /kind",
            "!> property-removed Dog/d",
            "!< property-removed Dog/d",
            "> property-added Dog/e",
            "< property-added Dog/e",
        ],
    );
}

#[test]
fn a_form_with_another_name() {
    let pets = |cat: &str| pet(&[cat, "Dog"], &told_by("kind", &format!("cat: {cat}, dog: Dog")));
    let renamed = PETS.replace("Cat:", "Tom:").replace("c: { type: string }", "c: { type: integer }");
    check_named([&pets("Cat"), PETS], [&pets("Tom"), &renamed], &["!> type-changed Cat/c", "!< type-changed Cat/c"]);
}

/// Many documents list the forms in the mapping alone, and each form extends what they have in common.
#[test]
fn forms_that_extend() {
    let extend = |kinds: &str, mapping: &str, length: usize| {
        let part = |name: &str, more: &str| {
            format!(
                "    {name}: {{ allOf: [{{ $ref: '#/components/schemas/Pet' }}, {{ type: object, properties: {{ {more} }} }}] }}\n"
            )
        };
        format!(
            "    Pet: {{ type: object, properties: {{ kind: {{ type: string{kinds} }} }}{} }}\n{}{}",
            told_by("kind", mapping),
            part("Cat", &format!("c: {{ type: string, maxLength: {length} }}")),
            part("Dog", "d: { type: string }"),
        )
    };
    let [pet, dog] = ["Pet", "Dog"].map(|name| format!("{{ $ref: '#/components/schemas/{name}' }}"));
    let both = extend("", "cat: Cat, dog: Dog", 9);
    // Nothing else refers to a form.
    check_named(
        [&pet, &both],
        [&pet, &extend("", "cat: Cat, dog: Dog", 8)],
        &["!> bound-narrowed Cat/c", "< bound-narrowed Cat/c"],
    );
    let one = extend("", "dog: Dog", 9);
    let removed = ["!> enum-value-removed Pet/kind", "!< enum-value-removed Pet/kind"];
    check_named([&pet, &both], [&pet, &one], &removed);
    check_named([&pet, &one], [&pet, &both], &["> enum-value-added Pet/kind", "!< enum-value-added Pet/kind"]);
    // A dog is a dog, whatever else there is.
    check_named([&dog, &one], [&dog, &both], &[]);
    // One change of a list and a mapping together is one finding, for each form as well.
    let listed = |kinds: &str, mapping: &str| extend(&format!(", enum: [{kinds}]"), mapping, 9);
    check_named(
        [&pet, &listed("cat, dog", "cat: Cat, dog: Dog")],
        [&pet, &listed("dog", "dog: Dog")],
        &[
            "!> enum-value-removed Pet/kind",
            "< enum-value-removed Pet/kind",
            "!> enum-value-removed Dog/kind",
            "< enum-value-removed Dog/kind",
        ],
    );
}
