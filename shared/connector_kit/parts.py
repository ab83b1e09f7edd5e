"""A command of several parts that a platform judges one by one, and what that makes of the whole."""

from collections.abc import Mapping

from shared.connector_kit.declaration import PushResult
from shared.contracts.fulfilment import PushedPart
from shared.contracts.returned import GoodsBack

LONGEST = 300


def refused(detail: str) -> PushResult:
    """A return that the platform does not take, in its words."""
    return PushResult("failed", "return_refused_by_shop", {"detail": detail[:LONGEST]})


def answer(goods: GoodsBack, judged: Mapping[int, PushedPart], external_id: str = "") -> PushResult:
    """What became of an answer to a return: a part that nobody judged counts as refused."""
    parts = [
        judged.get(place, PushedPart(place=place, outcome="failed", detail="the platform did not answer this part"))
        for place in range(len(goods.lines))
    ]
    failed = [part for part in parts if part.outcome == "failed"]
    if not failed:
        news = any(part.outcome == "done" for part in parts)
        return PushResult("done" if news else "unchanged", external_id=external_id, parts=tuple(parts))
    words = "; ".join(f"{goods.lines[part.place].line_external_id}: {part.detail}" for part in failed)[:LONGEST]
    code, params = "return_refused_by_shop", {"detail": words}
    if len(failed) < len(parts):
        code, params = (
            "return_answered_in_part",
            params | {"taken": str(len(parts) - len(failed)), "all": str(len(parts))},
        )
    return PushResult("failed", code, params, external_id=external_id, parts=tuple(parts))
