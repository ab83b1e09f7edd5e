"""The merchant's master data as it is written and kept: projects, articles for charges, lists, delivery thresholds."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.order_import.rules.tax_terms import Abroad, NetHandling, RateClass, Rates, Threshold

RecordKind = Literal["project", "charge_article", "list", "threshold"]
LISTS = ("payment-methods", "shipping-methods", "delivery-terms", "languages")
CHARGE_KINDS = ("shipping", "discount", "surcharge")

Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Rate = Annotated[Decimal, Field(ge=0, lt=1)]


class Data(BaseModel, frozen=True, extra="forbid"):
    """What a caller writes."""


class ProjectData(Data):
    """Customer numbers of the ERP: for buyers that match nobody, and for sales in a store."""

    default_customer: Text = ""
    pos_customer: Text = ""


class ChargeArticleData(Data):
    """An article that money becomes a line of, with the flags it carries in the ERP. `names` are by language (`en`)."""

    article_number: Name
    is_shipping: bool = False
    is_discount: bool = False
    is_stock_article: bool = False
    names: dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], Text] = {}


class ListData(Data):
    """A whole list, each name once."""

    names: list[Name] = Field(max_length=1000)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.names)) < len(self.names):
            raise ValueError("A name stands more than once in `names`")
        return self


class ThresholdArticle(Data):
    """An article that the country treats differently: of another class, or with its gross price kept."""

    article_number: Name
    rate_class: RateClass | None = None
    keeps_gross: bool = False


class ThresholdData(Data):
    """How sales to buyers without VAT id in one country are taxed. Rates are fractions (0.20)."""

    own_warehouse: bool = False
    threshold_eur: Decimal = Field(default=Decimal(10_000), ge=0, le=10_000_000)
    vat_id: Text = ""
    normal_rate: Rate
    reduced_rate: Rate | None = None
    special_rate: Rate | None = None
    valid_from: date
    net_handling: NetHandling = "none"
    active: bool = False
    articles: list[ThresholdArticle] = Field(default=[], max_length=1000)

    def threshold(self, country: str) -> Threshold:
        """As the rules know it."""
        return Threshold(
            country=country,
            rates=Rates(self.normal_rate, self.reduced_rate, self.special_rate),
            valid_from=self.valid_from,
            own_warehouse=self.own_warehouse,
            threshold_eur=self.threshold_eur,
            vat_id=self.vat_id,
            net_handling=self.net_handling,
            active=self.active,
            articles={one.article_number: Abroad(one.rate_class, one.keeps_gross) for one in self.articles},
        )
