"""What became of every part of an export, in words."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel

from shared.chassis.sentences import Language, advice, sentence

State = Literal["taken_over", "not_taken_over", "needs_attention"]
STATES: dict[str, State] = {
    "takeover_credentials_taken": "taken_over",
    "takeover_setting_taken": "taken_over",
    "takeover_setting_refused": "needs_attention",
    "takeover_setting_unknown": "needs_attention",
    "takeover_switch_left": "not_taken_over",
    "takeover_script_left": "not_taken_over",
    "takeover_numbers_taken": "taken_over",
    "takeover_number_refused": "needs_attention",
    "takeover_label_unused": "needs_attention",
    "takeover_methods_taken": "taken_over",
    "takeover_place_missing": "needs_attention",
}


class Line(BaseModel):
    """One part of an export by its name, the code of what became of it, and the words of its sentence."""

    name: str
    code: str
    params: dict[str, str] = {}


class Verdict(BaseModel):
    """One line for people: what became of a part of the export, why, and what is left to do."""

    name: str
    state: State
    code: str
    sentence: str
    advice: str = ""


def line(name: str, code: str, **words: str) -> Line:
    return Line(name=name, code=code, params={"name": name} | words)


def verdicts(lines: Iterable[dict[str, Any]], language: Language) -> list[Verdict]:
    """A stored report in the reader's language."""
    return [
        Verdict(
            name=one.name,
            state=STATES[one.code],
            code=one.code,
            sentence=sentence(one.code, one.params, language),
            advice=advice(one.code, one.params, language),
        )
        for one in map(Line.model_validate, lines)
    ]
