"""The database finds by a filter exactly the articles that its conditions say."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.inventory import participation_book
from services.inventory.participation_filter import FIELDS, Condition, Filter
from tests.integration.inventory.stockroom import SHOP, Stockroom
from tests.pure.inventory.test_participation_filter import WHERE

WORDS = ("", "a", "A", " a", "a'; DROP TABLE articles; --", "50 %", ":value0", "ä > b", "\\", "{fits}")
NUMBERS = ("0", "1", "-2.5", "350.00")


@dataclass(frozen=True)
class Article:
    title: str
    ean: str | None
    active: bool
    manufacturer: str
    categories: tuple[str, ...]
    weight: str | None
    stock: str

    def value(self, field: str) -> Any:
        """What the field holds; None where it holds no number."""
        weight = None if self.weight is None else Decimal(self.weight)
        return {
            "number": "X", "title": self.title, "description": "", "ean": self.ean or "", "parent_number": "",
            "active": self.active, "manufacturer": self.manufacturer, "category": self.categories,
            "weight_grams": weight, "stock": Decimal(self.stock),
        }[field]  # fmt: skip


ARTICLES = st.builds(
    Article,
    title=st.sampled_from(WORDS),
    ean=st.sampled_from([None, *WORDS]),
    active=st.booleans(),
    manufacturer=st.sampled_from(WORDS),
    categories=st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    weight=st.sampled_from([None, *NUMBERS]),
    stock=st.sampled_from(NUMBERS),
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field, operator = draw(st.sampled_from(WHERE))
    kind = FIELDS[field].kind  # type: ignore[index]
    one = st.booleans() if kind == "flag" else st.sampled_from(NUMBERS if kind == "number" else WORDS)
    value = draw(st.lists(one, min_size=1, max_size=3) if operator in ("IN", "NOT IN") else one)
    return Condition.model_validate({"field": field, "operator": operator, "value": value})


def fits(article: Article, condition: Condition) -> bool:
    """The same in plain words."""
    found, wanted = article.value(condition.field), condition.typed
    held = found if isinstance(found, tuple) else () if found is None else (found,)
    match condition.operator:
        case "==":
            return wanted in held
        case "!=":
            return wanted not in held
        case "IN":
            return any(one in wanted for one in held)
        case "NOT IN":
            return not any(one in wanted for one in held)
        case ">":
            return any(one > wanted for one in held)
        case _:
            return any(one < wanted for one in held)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(article=ARTICLES, wanted=st.lists(conditions(), max_size=3))
def test_an_article_takes_part_exactly_when_every_condition_holds(
    stockroom_runner: Any, article: Article, wanted: list[Condition]
) -> None:
    async def live(room: Stockroom) -> None:
        content = {"manufacturer": article.manufacturer, "categories": article.categories}
        content |= {} if article.weight is None else {"weight_grams": article.weight}
        async with room.service.database.transaction() as tx:
            for table in ("articles", "article_contents", "levels"):
                await tx.execute(f"DELETE FROM {table}")
            await tx.execute(
                """INSERT INTO articles (number, id, version, title, ean, active)
                   VALUES ('X', gen_random_uuid(), 1, :title, :ean, :active)""",
                title=article.title,
                ean=article.ean,
                active=article.active,
            )
            await tx.execute(
                """INSERT INTO article_contents (article_number, content, connection, changed_at, changed_by)
                   VALUES ('X', CAST(:content AS jsonb), gen_random_uuid(), now(), '')""",
                content=json.dumps(content),
            )
            await tx.execute(
                "INSERT INTO levels (article_number, warehouse, quantity) VALUES ('X', 'main', :stock)",
                stock=Decimal(article.stock),
            )
            count, _ = await participation_book.count(tx, SHOP, Filter(conditions=tuple(wanted)))
        assert count == (1 if all(fits(article, one) for one in wanted) else 0)

    stockroom_runner(live)
