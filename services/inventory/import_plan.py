"""What an import would do with one listing, and why: the same for the view before it and for the import itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.inventory.gtin import is_gtin
from services.inventory.import_wish import ImportWish
from shared.contracts.article import ArticleContent

Action = Literal["create", "update", "match", "refuse"]
FOLLOWS = "import_follows"
LONGEST_NUMBER, LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_EAN = 200, 500, 5000, 20


@dataclass(frozen=True)
class Found:
    """A listing as its shop states it, with what else in that shop and among our articles looks like it.

    `same_sku`, `like_sku` and `same_ean` count the listings of its marketplace, this one included, whose SKU is the
    same, the same but for blanks and case, whose EAN is the same. `head_listed`: the number of its head is a listing's
    SKU, too. `means` is the article that it is matched with under another number; `near` are articles that are nearly
    meant.
    """

    id: UUID
    external_id: str
    sku: str
    ean: str
    title: str
    content: ArticleContent
    price: Decimal | None
    currency: str | None
    quantity: int | None
    observed_at: datetime
    readable: bool = True
    deleted: bool = False
    market: str = ""
    same_sku: int = 1
    like_sku: int = 1
    same_ean: int = 1
    head_listed: bool = False
    means: str | None = None
    near: tuple[str, ...] = ()

    @property
    def head_number(self) -> str:
        return self.content.head.number if self.content.head else ""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a listing: a code of the sentences, the field, and the sentence's words."""

    code: str
    field: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """What happens: `code` says it, or why nothing does. `problems` are all that were found, refusing ones first."""

    action: Action
    code: str
    field: str
    params: Mapping[str, str]
    article_number: str | None
    problems: tuple[Problem, ...]


def plans(listings: Iterable[Found], wish: ImportWish, known: Mapping[str, bool]) -> list[tuple[Found, Plan]]:
    """What would be done with each, marketplace by marketplace. Where several mean the same article, because the shop
    lists it in several marketplaces, the first that can be imported makes it, and the others belong to it."""
    firsts: dict[str | None, Found] = {}
    planned = []
    for one in sorted(listings, key=lambda one: (one.market, one.external_id)):
        made = plan(one, wish, known)
        if made.action in ("create", "update"):
            first = firsts.setdefault(made.article_number, one)
            if first is not one:
                words = {**made.params, "first": first.external_id}
                made = replace(made, action="match", code=FOLLOWS, params=words)
        planned.append((one, made))
    return planned


def plan(found: Found, wish: ImportWish, known: Mapping[str, bool]) -> Plan:
    """`known` tells of article numbers whether the article is there (True) or was deleted (False)."""
    words = {"sku": found.sku, "listing": found.external_id, "ean": found.ean, "head": found.head_number}
    number = found.means or found.sku
    here = known.get(number)
    refusing = [Problem(code, field, words) for code, field in _structure(found, known)]
    if found.ean and not is_gtin(found.ean):
        wrong = Problem("import_ean_wrong", "ean", words)
        refusing += [wrong] if wish.wrong_ean == "refuse" else []
    else:
        wrong = None
    if here is None:
        refusing += _alike(found, wish, words)
    noted = [wrong] if wrong and wrong not in refusing else []
    if len(found.content.description) > LONGEST_DESCRIPTION:
        noted.append(Problem("import_description_long", "description", words))
    problems = (*refusing, *noted)
    if refusing:
        first = refusing[0]
        return Plan("refuse", first.code, first.field, first.params, number if here else None, problems)
    words |= {"number": number}
    if here is False:
        return Plan("refuse", "import_article_deleted", "sku", words, None, problems)
    if here is None:
        return Plan("create", "import_creates", "", words, number, problems)
    if wish.strategy == "create" or found.means:
        return Plan("match", "import_matches", "", words, number, problems)
    return Plan("update", f"import_{wish.strategy}s", "", words, number, problems)


def _structure(found: Found, known: Mapping[str, bool]) -> list[tuple[str, str]]:
    """What keeps a listing from being an article at all, as (code, field)."""
    if not found.readable:
        return [("import_unreadable", "")]
    if found.deleted:
        return [("import_listing_deleted", "state")]
    if found.content.is_head:
        return [("import_head_without_variants", "variants")]
    wrong: list[tuple[str, str]] = []
    if not found.sku.strip():
        wrong.append(("listing_sku_missing", "sku"))
    elif found.sku != found.sku.strip():
        wrong.append(("import_sku_blanks", "sku"))
    elif found.same_sku > 1:
        wrong.append(("listing_sku_shared", "sku"))
    if len(found.sku) > LONGEST_NUMBER:
        wrong.append(("import_sku_long", "sku"))
    if len(found.title) > LONGEST_TITLE:
        wrong.append(("import_title_long", "title"))
    return wrong + _family(found, known)


def _family(found: Found, known: Mapping[str, bool]) -> list[tuple[str, str]]:
    head, wrong = found.content.head, []
    if head is None:
        wrong += [("import_variant_without_head", "parent")] if found.content.options else []
    elif not head.number.strip():
        wrong.append(("import_head_without_number", "parent.number"))
    elif head.number == found.sku or found.head_listed:
        wrong.append(("import_head_number_taken", "parent.number"))
    elif head.number != head.number.strip() or len(head.number) > LONGEST_NUMBER or len(head.title) > LONGEST_TITLE:
        wrong.append(("import_head_invalid", "parent.number"))
    elif known.get(head.number) is False:
        wrong.append(("import_head_deleted", "parent.number"))
    return wrong


def _alike(found: Found, wish: ImportWish, words: Mapping[str, str]) -> list[Problem]:
    """What would make a second article of one that is there under another number, or twice in the shop."""
    if wish.near == "create":
        return []
    near = [Problem("import_near_article", "sku", {**words, "number": one}) for one in found.near]
    twin = (found.sku.strip() and found.like_sku > found.same_sku) or (found.ean and found.same_ean > 1)
    return near + ([Problem("import_near_listing", "sku", words)] if twin else [])
