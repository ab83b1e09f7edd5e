"""What a connection needs before its exchange may run by itself: pure judgement, with a sentence for every item."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.connections.book import Record
from services.connections.connectors import Declared, Tested
from shared.chassis.problems import Problem
from shared.chassis.sentences import Language, advice, sentence

State = Literal["done", "missing", "attention", "optional", "not_known"]
Source = Literal["connection", "shop", "orders", "inventory"]


@dataclass(frozen=True)
class Item:
    """One line of the checklist. Only `required` items that are missing keep a connection from going live. `said` and
    `advised` are a neighbour's own words where it brought some, `where` is the route that mends it."""

    code: str
    state: State
    source: Source = "connection"
    required: bool = False
    field: str = ""
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    said: str = ""
    advised: str = ""
    where: str = ""

    def words(self, language: Language) -> dict[str, str]:
        """The item in the caller's language."""
        return {
            "code": self.code,
            "state": self.state,
            "source": self.source,
            "field": self.field,
            "sentence": self.said or sentence(self.code, self.params, language),
            "advice": self.advised or advice(self.code, self.params, language),
            "where": self.where,
        }


def own(record: Record, news: Mapping[str, Any] | None = None) -> list[Item]:
    """What the connection itself says, as it would be after some changes."""
    after = replace(record, **(news or {}))
    return [_credentials(after), _features(after), *_project(after), *_pause(after)]


def source(declared: Declared) -> list[Item]:
    """What the platform's connector says of itself: one that is a source only never goes live."""
    if not declared.source_only:
        return []
    return [Item("source_only", "missing", required=True, field="productive", params={"platform": declared.title})]


def shop(tested: Tested) -> list[Item]:
    """What a live test found on the shop's side: what works, what is missing, what to look at."""
    found = []
    for one in tested.findings:
        if one.passing:
            # A shop that rests says nothing about the credentials; the connection waits for it like any other call.
            found.append(Item("shop_not_asked", "not_known", "shop", params={"detail": one.words()["detail"]}))
        else:
            state: State = "missing" if one.fatal else "attention"
            words = one.words()
            found.append(Item(one.code, state, "shop", required=one.fatal, field=one.place(), params=words))
    if tested.ok:
        facts = ", ".join(value for value in tested.facts.values() if value)
        found.insert(0, Item("shop_answers", "done", "shop", params={"facts": facts}))
    return found


def missing(items: Sequence[Item]) -> list[Item]:
    """What keeps the connection from going live."""
    return [item for item in items if item.required and item.state == "missing"]


def refuse_unless_ready(items: Sequence[Item], language: Language) -> None:
    """Raises a 422 problem with the list of what is missing."""
    if lacking := missing(items):
        words = [item.words(language) for item in lacking]
        said = " ".join(one["sentence"] for one in words)
        raise Problem(422, "not_ready", field=lacking[0].field, extra={"missing": words}, missing=said)


def switches_on(record: Record, news: Mapping[str, Any]) -> bool:
    """Whether a change turns the productive mode or a feature's integration mode on."""
    if news.get("productive") and not record.productive:
        return True
    return any(on and not record.integration.get(name, False) for name, on in news.get("integration", {}).items())


def _credentials(record: Record) -> Item:
    if record.paused_because.startswith("credentials_"):
        words = {"detail": record.paused_detail}
        return Item("credentials_do_not_work", "missing", required=True, field="credentials", params=words)
    if not record.sealed or record.tested_at is None:
        return Item("credentials_untested", "missing", required=True, field="credentials")
    return Item("credentials_tested", "done", required=True, params={"at": f"{record.tested_at:%Y-%m-%d %H:%M} UTC"})


def _features(record: Record) -> Item:
    on = [name for name, switch in record.integration.items() if switch]
    if not on:
        return Item("no_feature_on", "missing", required=True, field="integration")
    return Item("features_on", "done", required=True, params={"features": ", ".join(on)})


def _project(record: Record) -> list[Item]:
    return [] if record.project else [Item("project_not_chosen", "attention", field="project")]


def _pause(record: Record) -> list[Item]:
    if not record.paused_because or record.paused_because.startswith("credentials_"):
        return []
    return [Item(record.paused_because, "attention", params={"detail": record.paused_detail})]
