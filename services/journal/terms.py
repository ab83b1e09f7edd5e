"""What an entry is found by: its keys, its codes, its action and noun, and the words of its parameters.

A sentence's fixed words are not stored with every entry: a question's word is looked up in the sentences first, and
the codes whose sentence holds it are searched instead. So a search finds what is shown, in both languages, also after
a sentence was reworded, at half the cost of a full-text column (measured: 14 µs of Postgres per entry instead of 27).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from shared.chassis.sentences import catalogue
from shared.contracts.journal import JournalEntry, SearchKey

KEY_KINDS = ("number", "external_id", "erp_number", "sku", "tracking", "parcel", "listing")
MOST_WORDS = 60
LONGEST_WORD = 64
_WORD = re.compile(r"[^\W_]+(?:[-./@+][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def key_term(kind: str, value: str) -> str:
    """The term of one search key; case, blanks around it and a shop's leading # do not matter."""
    return f"{kind}:{value.strip().lstrip('#').casefold()}"


def read_key(term: str) -> SearchKey | None:
    """The search key a term stands for; None for codes, words, actions and nouns."""
    kind, _, value = term.partition(":")
    return SearchKey.model_validate({"kind": kind, "value": value}) if kind in KEY_KINDS else None


def words(text: str) -> list[str]:
    """The words of a text as they are compared: "ART-0815" counts as itself, as "art" and as "0815"."""
    found: dict[str, None] = {}
    for match in _WORD.findall(text.casefold()):
        found[match[:LONGEST_WORD]] = None
        if not match.isalnum():
            found |= dict.fromkeys(part[:LONGEST_WORD] for part in _PART.findall(match))
    return list(found)


def asked_words(text: str) -> list[str]:
    """The words of a question, compounds as one word each."""
    return list(dict.fromkeys(match[:LONGEST_WORD] for match in _WORD.findall(text.casefold())))


def of_entry(entry: JournalEntry) -> list[str]:
    """Every term an entry is found by. Customers are kept apart, because erasing them must stay possible."""
    found = {key_term(key.kind, key.value): None for key in entry.keys if key.kind != "customer" and key.value}
    found |= {f"c:{entry.code}": None, f"a:{entry.action}": None, f"n:{entry.noun}": None}
    spoken: dict[str, None] = dict.fromkeys(words(_values(entry.params)))
    for reason in entry.reasons:
        found[f"c:{reason.code}"] = None
        spoken |= dict.fromkeys(words(_values(reason.params)))
    return [*found, *(f"w:{word}" for word in list(spoken)[:MOST_WORDS])]


def _values(params: Mapping[str, str]) -> str:
    return " ".join(str(value) for value in params.values())


@dataclass(frozen=True)
class Asked:
    """One word of a question: any of `terms` must be there. `rare`: it stands in no sentence, only in parameters."""

    terms: tuple[str, ...]
    rare: bool


def ask(text: str) -> list[Asked]:
    """What a question in plain words asks for: every word of it, each in a parameter or in a sentence."""
    return [_asked(word) for word in asked_words(text)[:12]]


def _asked(word: str) -> Asked:
    codes = sorted(code for code, spoken in _spoken().items() if any(one.startswith(word) for one in spoken))
    return Asked((f"w:{word}", *(f"c:{code}" for code in codes)), rare=not codes)


@cache
def _spoken() -> dict[str, frozenset[str]]:
    """The fixed words of every code's sentence in both languages, and of the code itself."""
    return {
        code: frozenset(words(_PLACEHOLDER.sub(" ", f"{entry.de} {entry.en} {code}")))
        for code, entry in catalogue().items()
    }
