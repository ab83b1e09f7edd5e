"""What a merchant's rules make of orders from Amazon."""

from decimal import Decimal

import pytest

from services.order_import.rules.model_charges import ChargeRules
from services.order_import.rules.model_taxes import TaxRules
from tests.pure.amazon.test_money import raw, translated
from tests.pure.order_import.ruled import said
from tests.pure.order_import.rules.asked import Rules, decided
from tests.pure.order_import.rules.test_charges import ARTICLES


def test_gift_wrap_is_booked_on_the_article_for_shipping() -> None:
    order = translated(raw("gift-wrap-with-a-message"))
    known = {"PORTO": "", "KR-1001": ""}
    rules = Rules(charges=ChargeRules(as_lines=True))
    (wrap,) = decided(order, rules, charge_articles=ARTICLES, articles=known)[0].charges
    assert (wrap.article_number, wrap.gross.amount, wrap.tax_rate) == ("PORTO", Decimal("3.49"), Decimal("0.19"))


@pytest.mark.parametrize(
    ("name", "project"),
    [
        ("consumer-without-a-word-of-tax", "own parcels"),
        ("sent-by-amazon-with-the-whole-address", "sent by Amazon"),
        ("tax-on-top-without-details", "everything else"),
    ],
)
def test_what_amazon_sends_and_what_we_send_go_to_projects_of_their_own(name: str, project: str) -> None:
    table = {"sales_channels": {"de_FBM": "own parcels", "de_FBA": "sent by Amazon"}, "standard": "everything else"}
    assert said(translated(raw(name)), projects=table)["project"][0] == project


@pytest.mark.proves("tag-to-project", "amazon")
def test_a_program_of_amazon_may_decide_the_project() -> None:
    order = translated(raw("company-with-a-tax-registration"))
    assert said(order, projects={"tags": {"AMAZON_BUSINESS": "B2B"}})["project"] == (
        "B2B",
        "projects.tags.AMAZON_BUSINESS",
    )


@pytest.mark.proves("order-vat-id", "amazon")
def test_a_companys_vat_number_is_that_of_the_buyer_and_not_of_the_seller() -> None:
    customer = translated(raw("company-with-a-tax-registration")).customer
    assert customer is not None
    assert (customer.vat_id, customer.company) == ("DE123456789", "Muster AG")


@pytest.mark.proves("order-vat-id-verified", "amazon")
def test_a_company_abroad_whose_number_counts_as_verified_is_not_taxed() -> None:
    order = raw("company-with-a-tax-registration")
    order["tax"]["taxRegistrations"][1]["taxRegistrationNumber"] = "ATU12345678"
    order["recipient"]["deliveryAddress"]["countryCode"] = "AT"
    found = translated(order)
    assert found.customer is not None
    assert found.customer.vat_id == "ATU12345678"
    verified = Rules(taxes=TaxRules(vat_id_is_verified=True))
    assert decided(found, verified)[0].tax.treatment == "intra_community"
    assert decided(found, Rules())[0].tax.treatment == "domestic"
