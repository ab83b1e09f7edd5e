"""What a channel asks beyond before, in words."""

from services.inventory.taxonomy_difference import Facts, difference, listed

BEFORE = Facts(
    {"HOME": "Haus", "MUGS": "Becher"},
    {("", "title"): ("Titel", True), ("MUGS", "volume"): ("Inhalt", False), ("MUGS", "old"): ("Altes", True)},
    {("COLOURS", "C-1"): "Rot", ("COLOURS", "C-2"): "Blau", ("SIZES", "S"): "klein"},
)


def test_the_same_differs_in_nothing() -> None:
    assert not difference(BEFORE, BEFORE)


def test_what_becomes_required_and_what_is_gone_is_named() -> None:
    after = Facts(
        BEFORE.categories,
        {("", "title"): ("Titel", True), ("MUGS", "volume"): ("Inhalt", True), ("", "brand"): ("Marke", True),
         ("", "new"): ("Neu", False)},
        {("COLOURS", "C-1"): "Rot", ("COLOURS", "C-3"): "Grün", ("SIZES", "S"): "klein"},
    )  # fmt: skip
    found = difference(BEFORE, after)
    assert found.words() == {
        "required": "Inhalt (MUGS: volume), Marke (*: brand)", "categories": "–", "attributes": "Altes (MUGS: old)",
        "values": "Blau (COLOURS: C-2)",
    }  # fmt: skip


def test_what_goes_with_its_category_or_list_is_not_named_as_well() -> None:
    after = Facts(
        {"HOME": "Haus"}, {("", "title"): ("Titel", True)}, {("COLOURS", "C-1"): "Rot", ("COLOURS", "C-2"): "B"}
    )
    found = difference(BEFORE, after)
    assert (found.categories, found.attributes, found.values) == (("Becher (MUGS)",), (), ())


def test_of_many_only_the_first_are_named_with_their_number() -> None:
    assert listed([f"A-{n}" for n in range(30)]).endswith("A-19 … (30)")
    assert listed([]) == "–"
