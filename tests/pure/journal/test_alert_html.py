"""An alert as a mail client shows it: the words of the text, escaped, and nothing from outside."""

import re
from html.parser import HTMLParser

import pytest

from services.journal.alert_html import html, trial
from services.journal.alert_text import text
from shared.chassis.sentences import Language
from tests.pure.journal.test_alert_text import AT, SHOP, alert, group

MAY_STAND = {"html", "head", "meta", "title", "body", "div", "p", "br", "h2", "strong", "ul", "li", "a", "hr"}
VOID = {"meta", "br", "hr"}


class Reader(HTMLParser):
    """What a mail client would make of it. Fails on what is not closed in its order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "background", "srcset")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def squeezed(words: str) -> str:
    return re.sub(r"[\s\-]+", "", words)


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_says_everything_that_the_text_says(language: Language) -> None:
    told = alert(language)
    shown = Reader(html(told))
    rest = squeezed(shown.words)
    for line in text(told).splitlines():
        if "/journal/timeline/" not in line:
            assert squeezed(line) in rest, line
    assert shown.links == [
        "https://kontor.example/journal/timeline/order/o-1",
        "https://kontor.example/journal/timeline/order/o-2",
        "https://kontor.example/journal/problems",
    ]
    assert f'<html lang="{language}">' in html(told)


def test_what_a_shop_writes_is_shown_and_never_obeyed() -> None:
    bad = '<script>alert(1)</script><img src=x onerror="x"> & "Söhne"'
    opened = group("de").model_copy(update={"sentence": f"Die Nummer {bad} ist unbekannt.", "advice": bad})
    opened.examples[0] = opened.examples[0].model_copy(update={"label": bad, "timeline": '/x"onclick="y'})
    shown = Reader(html(alert(opened=[opened], names={SHOP: bad}, closed={("x", SHOP): bad})))
    assert shown.tags <= MAY_STAND
    assert not {name for name in shown.attributes if name.startswith("on") or name == "src"}
    assert shown.words.count(bad) >= 5


def test_nothing_is_fetched_from_outside() -> None:
    page = html(alert())
    assert Reader(page).tags <= MAY_STAND
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("base", ["", "javascript:alert(1)//"])
def test_an_address_that_leads_nowhere_is_no_link(base: str) -> None:
    shown = Reader(html(alert(base=base)))
    assert shown.links == []
    assert "/journal/timeline/order/o-1" in shown.words


def test_it_is_the_same_whenever_it_is_made() -> None:
    assert html(alert()) == html(alert(at=AT))


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_test_message_has_both_forms(language: Language) -> None:
    assert "&lt;b&gt; &amp; c" in trial("<b> & c\n", language)
