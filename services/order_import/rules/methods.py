"""From a channel's word to the merchant's method: the one logic that payments and shipping share."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.order_import.rules.model import MethodRules
from services.order_import.rules.ruling import Decision, Ruling, together
from shared.contracts.reason import Reason


@dataclass(frozen=True, slots=True)
class Topic:
    """`field` of the order and of the handling, `place` of the rules, and the codes of what can be said. `place_of_use`
    is the field about the country that the method `holds` for, or does not."""

    field: str
    place: str
    mapped: str
    standard: str
    open: str
    unmapped: str
    missing: str
    place_of_use: str
    holds: str
    elsewhere: str


def method(word: str, country: str, rules: MethodRules, topic: Topic) -> Ruling:
    """Exact rows only. A table that is not in use leaves the word open, for whoever takes the order over. A method that
    does not hold for the order's country parks it; without a country nothing is outside."""
    ruling = _method(word, rules, topic)
    limits = rules.countries.get(decided_method(ruling))
    if limits is None or not country:
        return ruling
    return together((ruling, _limited(decided_method(ruling), country.upper(), limits, word, topic)))


def _limited(name: str, country: str, limits: Sequence[str], word: str, topic: Topic) -> Ruling:
    words = {"method": name, "country": country, "countries": ", ".join(limits), "word": word or "–"}
    inside = country in limits
    code = topic.holds if inside else topic.elsewhere
    rule = f"{topic.place}.countries.{name}"
    decision = Decision(topic.place_of_use, "yes" if inside else "no", rule, code, words)
    reason = Reason(code=code, field=topic.field, key=f"{name}, {country}", params=words)
    return Ruling((decision,), () if inside else (reason,))


def _method(word: str, rules: MethodRules, topic: Topic) -> Ruling:
    if word in rules.rows:
        return _decided(topic, rules.rows[word], f"{topic.place}.rows.{word}", topic.mapped, word)
    if rules.standard and (not word or rules.use_standard_if_unmapped):
        rule = f"{topic.place}.use_standard_if_unmapped" if word else f"{topic.place}.standard"
        return _decided(topic, rules.standard, rule, topic.standard, word)
    if not rules.in_use:
        return Ruling((Decision(topic.field, "", topic.place, topic.open, {"word": word}),)) if word else Ruling()
    code = topic.unmapped if word else topic.missing
    return Ruling(reasons=(Reason(code=code, field=topic.field, key=word, params={"word": word} if word else {}),))


def decided_method(ruling: Ruling) -> str:
    """The method a ruling decided; empty when it is open or unmapped."""
    return next((decision.value for decision in ruling.decisions), "")


def _decided(topic: Topic, name: str, rule: str, code: str, word: str) -> Ruling:
    return Ruling((Decision(topic.field, name, rule, code, {"word": word or "–", "method": name}),))
