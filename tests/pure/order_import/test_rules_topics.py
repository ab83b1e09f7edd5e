"""Projects, comments, languages, countries, and what is written into every order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.order_import.order_rules import judge
from services.order_import.rules.facts import Facts
from services.order_import.rules.handling import handling
from services.order_import.rules.unknown import proposal, unknown, words_of, words_of_content
from shared.chassis.sentences import catalogue
from tests.pure.order_import.ruled import found, parked, rules, said
from tests.pure.order_import.samples import ADDRESS, line, order

AUSTRIA = ADDRESS.model_copy(update={"country": "AT"})


@given(tag=st.booleans(), channel=st.booleans(), standard=st.booleans(), own=st.booleans())
def test_tag_before_channel_before_standard_before_the_connections_own(
    tag: bool, channel: bool, standard: bool, own: bool
) -> None:
    given_rules = {
        "tags": {"b2b": "by tag"} if tag else {},
        "sales_channels": {"web": "by channel"} if channel else {},
        "standard": "standard" if standard else "",
    }
    one = order(tags=("b2b",), channel="web")
    choices = [("by tag", tag), ("by channel", channel), ("standard", standard), ("own", own)]
    expected = next((name for name, there in choices if there), None)
    decided = said(one, Facts(project="own" if own else ""), projects=given_rules).get("project")
    assert (None if decided is None else decided[0]) == expected


@pytest.mark.proves("tag-to-project", "shopify")
def test_of_several_tags_the_row_that_comes_first_decides() -> None:
    table = {"tags": {"second": "B", "first": "A"}}
    assert said(order(tags=("first", "second")), projects=table)["project"] == ("B", "projects.tags.second")


def test_project_rows_that_lead_nowhere_park_the_order() -> None:
    assert parked(order(channel="pos"), projects={"sales_channels": {"web": "A"}}) == [("project_not_found", "pos")]
    assert parked(order(channel="Web", tags=("B2B",)), projects={"tags": {"b2b": "A"}}) == [
        ("project_not_found", "Web")
    ]


@pytest.mark.parametrize(
    ("placement", "free_text", "internal"),
    [("ignore", "", ""), ("free_text", "Bitte klingeln", ""), ("internal", "", "Bitte klingeln")],
)
def test_a_comment_goes_where_the_merchant_wants_it(placement: str, free_text: str, internal: str) -> None:
    one = order(note="Bitte klingeln")
    decisions = found(one, comments={"placement": placement}).decisions
    result = handling(one, "", decisions)
    assert (result.free_text, result.internal_text, result.auto_shipping) == (free_text, internal, True)
    assert all("klingeln" not in f"{one.value}{one.params}" for one in decisions)


@pytest.mark.proves("hold-by-comment")
def test_a_comment_may_stop_automatic_shipping_even_when_it_is_ignored() -> None:
    stop = {"stop_auto_shipping": True}
    one = order(note="x")
    assert handling(one, "", found(one, comments=stop).decisions).auto_shipping is False
    assert "auto_shipping" not in said(order(note="  \n"), comments=stop)


@pytest.mark.parametrize(
    ("locale", "languages", "expected"),
    [
        ("de-AT", {}, "de"),
        ("en_GB", {}, "en"),
        ("", {}, None),
        ("de-AT", {"source": "table", "rows": {"de": "Deutsch", "de-AT": "Österreichisch"}}, "Österreichisch"),
        ("de-CH", {"source": "table", "rows": {"de": "Deutsch"}}, "Deutsch"),
        ("fr", {"source": "table", "rows": {"de": "Deutsch"}, "standard": "Englisch"}, "Englisch"),
        ("DE", {"source": "table", "rows": {"de": "Deutsch"}}, None),
    ],
)
def test_the_language_is_the_shops_or_the_tables(locale: str, languages: dict[str, Any], expected: str | None) -> None:
    one = order(locale=locale)
    decided = said(one, languages=languages).get("language")
    assert (None if decided is None else decided[0]) == expected
    assert parked(one, languages=languages) == []


def test_a_country_without_a_row_passes_as_it_is_unless_rows_are_required() -> None:
    one = order(shipping_address=AUSTRIA)
    table = {"rows": {"DE": "Deutschland"}}
    result = handling(one, "", found(one, countries=table).decisions)
    assert (result.billing_country, result.shipping_country) == ("Deutschland", "AT")
    assert parked(one, countries={**table, "required": True}) == [("country_unmapped", "AT")]
    assert parked(order(), countries={"required": True}) == [("country_unmapped", "DE")]


def test_terms_and_editor_are_written_into_every_order() -> None:
    result = said(order(), terms_of_delivery="frei Haus", editor="Kontor")
    assert (result["terms_of_delivery"][0], result["editor"][0]) == ("frei Haus", "Kontor")


def test_the_handling_of_an_order_from_before_there_were_rules_is_the_default() -> None:
    result = handling(order(note="x"), "shop", ())
    assert (result.project, result.payment_method, result.documents, result.auto_shipping, result.free_text) == (
        "shop",
        "",
        "both",
        True,
        "",
    )


def test_unknown_words_are_those_without_an_exact_row() -> None:
    one = order(payment_method="paypal", shipping_method="DHL", shipping_address=AUSTRIA)
    words = unknown(words_of(one), rules(payments={"rows": {"PayPal": "x"}}, countries={"rows": {"DE": "D"}}))
    assert words == {("payment", "paypal"), ("shipping", "DHL"), ("country", "AT")}
    assert words_of_content(one.model_dump(mode="json", exclude_defaults=True)) == words_of(one)


def test_a_proposal_is_a_near_row_or_a_methods_own_name_and_never_a_guess_between_two() -> None:
    given_rules = rules(payments={"standard": "Vorkasse", "rows": {"PayPal": "Pay", "Visa": "Karte", "VISA ": "Visa"}})
    proposed = {word: proposal("payment", word, given_rules) for word in ("paypal", "vorkasse", "visa", "klarna")}
    assert proposed == {"paypal": "Pay", "vorkasse": "Vorkasse", "visa": "", "klarna": ""}
    assert proposal("country", "AT", given_rules) == "AT"


@pytest.mark.parametrize(
    "differing", [{}, {"note": "x"}, {"payment_state": "unpaid"}, {"channel": "pos"}, {"locale": ""}]
)
def test_the_defaults_judge_every_order_as_if_there_were_no_rules(differing: dict[str, Any]) -> None:
    for one in (order(**differing), order("2", line("UNKNOWN"), billing_address=None, **differing)):
        plain, ruled = judge(one, {"KR-1": 1}, tolerance=5), judge(one, {"KR-1": 1}, tolerance=5, found=found(one))
        assert (ruled.status, ruled.reasons) == (plain.status, plain.reasons)


def test_every_decision_and_reason_has_a_sentence_and_no_decision_names_a_person() -> None:
    table = {"rows": {"x": "X", "paypal": "P", "DHL": "D"}, "standard": "S"}
    every = {
        "triggers": {"payment_states": ["voided"], "order_states": ["x"], "sales_channels": ["x"],
                     "placed_from": "2030-01-01T00:00:00Z"},
        "payments": {**table, "stop_auto_shipping": ["P"]}, "shipping": {**table, "fast_lane": ["D"]},
        "comments": {"placement": "internal", "stop_auto_shipping": True}, "countries": {"required": True},
        "projects": {"tags": {"x": "X"}}, "terms_of_delivery": "t", "editor": "e", "mode": "approval",
    }  # fmt: skip
    codes = set()
    for one in (order(note="Bei Erika klingeln"), order(payment_method="q", shipping_method=""), order(tags=("x",))):
        for parts in (
            every,
            {},
            {"languages": {"source": "table", "standard": "S"}, "countries": {"rows": {"DE": "D"}}},
        ):
            for facts in (Facts(), Facts("p"), Facts(approval="refused"), Facts(approval="later", until=one.placed_at)):
                got = found(one, facts, **parts)
                codes |= {d.code for d in got.decisions}
                kept = repr(got.decisions).lower()
                assert not [word for word in ("erika", "mustermann", "heidestraße", "klingel") if word in kept]
                codes |= {r.code for r in (*got.reasons, *got.kept_back, *got.approval)}
    assert len(codes) > 25
    assert codes <= set(catalogue())
