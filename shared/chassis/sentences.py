"""Sentences for people: a code and its words, rendered in German or English."""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from fastapi import Request

Language = Literal["de", "en"]
FOLDER = Path(__file__).parent / "sentences"


@dataclass(frozen=True)
class Sentence:
    """One code's sentences, and what the person who must act can do."""

    de: str
    en: str
    advice_de: str = ""
    advice_en: str = ""
    actor: str = "merchant"


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


@cache
def catalogue() -> dict[str, Sentence]:
    """Every code of every service. Raises ValueError when a code stands in two files."""
    found: dict[str, Sentence] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            if code in found:
                raise ValueError(f"The sentence {code} stands in {path.name} and in another file")
            found[code] = Sentence(**entry)
    return found


def sentence(code: str, params: Mapping[str, str], language: Language) -> str:
    """The sentence of a code. An unknown code comes back as itself with its words."""
    entry = catalogue().get(code)
    if entry is None:
        return f"{code} {dict(params)}" if params else code
    return string.Formatter().vformat(entry.de if language == "de" else entry.en, (), _Words(params))


def advice(code: str, params: Mapping[str, str], language: Language) -> str:
    """What to do about it; empty when nobody must act."""
    entry = catalogue().get(code)
    if entry is None:
        return ""
    return string.Formatter().vformat(entry.advice_de if language == "de" else entry.advice_en, (), _Words(params))


def actor(code: str) -> str:
    """Who must act: merchant, operator, developer, or time."""
    entry = catalogue().get(code)
    return "developer" if entry is None else entry.actor


def speaks(request: Request) -> Language:
    """The language the caller asks for; English when he asks for neither."""
    wanted = request.headers.get("accept-language", "en").lower()
    german, english = wanted.find("de"), wanted.find("en")
    return "de" if german >= 0 and (english < 0 or german < english) else "en"
