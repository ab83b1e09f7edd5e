"""What remains of an order after an erasure."""

from services.order_import.anonymous import anonymous
from services.order_import.money_proof import prove
from services.order_import.revision import age
from shared.contracts.order import Property
from tests.pure.order_import.samples import line, observed, order


def test_nothing_of_the_person_remains_and_the_goods_and_the_money_do() -> None:
    whole = order(
        "1", line(properties=(Property(name="Gravur", value="Für Oma Mustermann"),)), note="Erika bitte klingeln",
        tags=("Erika",), properties=(Property(name="gift", value="Mustermann"),), purchase_number="Mustermann-7",
    )  # fmt: skip
    left = anonymous(whole)
    text = left.model_dump_json()
    for personal in ("Erika", "Mustermann", "example.org", "Heidestraße", "51147", "Köln", "c-7", "PAY-1"):
        assert personal not in text
    assert prove(left) == prove(whole)
    assert left.line_items[0].sku == "KR-1"
    assert left.shipping_address is not None
    assert left.shipping_address.country == "DE"
    assert anonymous(left) == left


def test_the_platforms_stamp_decides_then_our_clock_then_the_content() -> None:
    early, late = observed(1), observed(2)
    assert age(early) < age(late)
    again = observed(1, observed_at=late.observed_at)
    assert age(early) < age(again) < age(late)
    twin = observed(1, content_hash="hash-9")
    assert age(early) < age(twin)
