"""Faults on request: what goes wrong at a shop, how often, and on which paths.

The gate (`gate.py`) applies the faults that every platform knows. A dialect asks for those that only it can stage, with
`take` (uses the rule up) or `active` (only looks).
"""

import asyncio
import random
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

Kind = Literal[
    "throttle",  # gate: 429, with Retry-After where `retry_after` is given
    "error_500",  # gate: 500 before the request does anything
    "slow",  # gate: the answer waits `seconds`
    "truncated_json",  # gate: the body stops in the middle
    "html_200",  # gate: a firewall's page instead of the answer
    "answer_lost",  # gate: the request takes effect, the answer is a 500 (after `seconds`, where given)
    "graphql_throttled",  # dialect
    "repeat_page",  # dialect: a list serves its previous page once more
    "row_moves",  # dialect: an order of a page already served is touched before the next page is read
    "late_visibility",  # dialect: an order becomes listed `seconds` after it was written
    "revoke_token",  # dialect: the credentials are refused
    "drop_webhooks",  # webhook sender: a message is never sent
    "duplicate_webhooks",  # webhook sender: a message is sent twice
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass
class Rule:
    """One fault. It strikes `times` times (None: until deleted) on a `share` (0 to 1) of the requests it fits."""

    kind: Kind
    times: int | None = None
    share: float = 1.0
    path_contains: str = ""
    method: str = ""
    seconds: float = 0.0
    retry_after: float | None = None

    def fits(self, kind: Kind, path: str, method: str) -> bool:
        return (
            self.kind == kind
            and self.times != 0
            and self.path_contains in path
            and (not self.method or not method or self.method == method)
        )


class Faults:
    """The faults of one shop. Shares are drawn from a seeded source, so a run can be repeated."""

    def __init__(self, seed: int = 4711) -> None:
        self._random = random.Random(seed)
        self.rules: list[Rule] = []
        self.struck: Counter[str] = Counter()

    def add(self, rule: Rule) -> None:
        self.rules.append(rule)

    def clear(self) -> None:
        self.rules.clear()

    def active(self, kind: Kind, path: str = "", method: str = "") -> Rule | None:
        """The first rule of this kind that fits, without using it up."""
        return next((rule for rule in self.rules if rule.fits(kind, path, method)), None)

    def take(self, kind: Kind, path: str = "", method: str = "") -> Rule | None:
        """The rule that strikes now, counted as used, or None."""
        rule = self.active(kind, path, method)
        if rule is None or (rule.share < 1 and self._random.random() >= rule.share):
            return None
        if rule.times is not None:
            rule.times -= 1
        self.struck[kind] += 1
        return rule

    async def disturb(self, request: Request) -> Response | None:
        """What stands between a request and the shop: waits, or answers in the shop's place."""
        path, method = request.url.path, request.method
        if slow := self.take("slow", path, method):
            await asyncio.sleep(slow.seconds)
        if rule := self.take("throttle", path, method):
            headers = {} if rule.retry_after is None else {"Retry-After": f"{rule.retry_after:g}"}
            return JSONResponse({"errors": "Too many requests."}, 429, headers)
        if self.take("error_500", path, method):
            return JSONResponse({"errors": "Internal Server Error"}, 500)
        if self.take("html_200", path, method):
            return HTMLResponse("<!DOCTYPE html><html><title>Just a moment...</title><body>Checking…</body></html>")
        return None

    def report(self) -> dict[str, Any]:
        """Rules as they stand and how often each kind has struck."""
        return {"rules": [asdict(rule) for rule in self.rules], "struck": dict(self.struck)}
