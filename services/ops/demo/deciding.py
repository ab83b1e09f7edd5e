"""What the merchant decides in the demonstration: which method of payment each word of a shop means."""

from typing import Any

from services.ops.demo.chapter import Chapter, Say
from services.ops.stage import Api, StageError, wait_for

SECONDS = 120.0
METHODS = {"bacs": "Bank transfer", "cod": "Cash on delivery"}


def require_payment_rows(kontor: Api, chapter: Chapter) -> None:
    """Before the first order comes: a word without a row keeps its orders back instead of guessing."""
    wait_for(f"the order book knows {chapter.name}", lambda: _known(kontor, chapter), seconds=SECONDS, every=0.2)
    now = rules(kontor, chapter)
    if now["version"] == 0:
        put(kontor, chapter, now, {"payments": {"standard": "Open invoice"}})


def map_payment_words(kontor: Api, chapter: Chapter, say: Say) -> None:
    """Every word the shop brought gets its row; orders that were parked for a word go on by themselves."""
    wait_for("every word was learned", lambda: _all_learned(kontor, chapter), seconds=SECONDS)
    now = rules(kontor, chapter)
    words = _open(now)
    if not words:
        return
    most = words[0]
    parked = _parked_for(kontor, chapter, most["word"])
    say(f"{chapter.name}: {len(words)} payment words have no row yet; {len(parked)} orders wait for “{most['word']}”.")
    rows = {one["word"]: METHODS.get(one["word"], one["word"].replace("_", " ").title()) for one in words[1:]}
    now = put(kontor, chapter, now, {"payments": now["rules"]["payments"] | {"rows": rows}})
    last = rows | {most["word"]: METHODS.get(most["word"], most["word"].replace("_", " ").title())}
    draft = now["rules"] | {"payments": now["rules"]["payments"] | {"rows": last}}
    _dry_run(kontor, chapter, draft, parked[0], say)
    put(kontor, chapter, now, draft)
    wait_for(
        f"no order of {chapter.name} waits for “{most['word']}”",
        lambda: not _parked_for(kontor, chapter, most["word"]),
        seconds=SECONDS,
    )
    say(f"{chapter.name}: one row, “{most['word']}” → “{last[most['word']]}”, has set {len(parked)} orders free.")


def rules(kontor: Api, chapter: Chapter) -> dict[str, Any]:
    """The connection's order rules with their version."""
    found: dict[str, Any] = kontor.get(f"/orders/rules/{chapter.id}")
    return found


def put(kontor: Api, chapter: Chapter, now: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Replaces the rules, based on the version that was read."""
    headers = {"If-Match": f'"{now["version"]}"'}
    changed: dict[str, Any] = kontor.call(
        "PUT", f"/orders/rules/{chapter.id}", json=now["rules"] | wanted, headers=headers
    )
    return changed


def _dry_run(kontor: Api, chapter: Chapter, draft: dict[str, Any], order: dict[str, Any], say: Say) -> None:
    """What the changed rules would do to one order; nothing is written."""
    seen = kontor.post(f"/orders/rules/{chapter.id}/preview", {"order_id": order["id"], "rules": draft})
    if seen["status"] != "imported":
        raise StageError(f"The dry run of order {order['number']} says {seen['status']}: {seen['reasons']}")
    why = next(one["sentence"] for one in seen["decisions"] if one["field"] == "payment_method")
    say(f"{chapter.name}: dry run, order {order['number']} would be imported. {why}")


def _open(now: dict[str, Any]) -> list[dict[str, Any]]:
    """The payment words without a row, the one of the most orders first."""
    return [one for one in now["open_words"] if one["kind"] == "payment"]


def _all_learned(kontor: Api, chapter: Chapter) -> bool:
    """Words are learned a moment after their orders are parked."""
    parked = kontor.pages("/orders/parked", connection=chapter.id, code="payment_method_unmapped")
    learned: int = sum(one["orders"] for one in _open(rules(kontor, chapter)))
    return learned >= len(parked)


def _known(kontor: Api, chapter: Chapter) -> bool:
    try:
        rules(kontor, chapter)
    except StageError:
        return False
    return True


def _parked_for(kontor: Api, chapter: Chapter, word: str) -> list[dict[str, Any]]:
    """The orders that nothing but this word keeps back."""
    parked = kontor.pages("/orders/parked", connection=chapter.id)
    return [
        one
        for one in parked
        if [(reason["code"], reason["key"]) for reason in one["reasons"]] == [("payment_method_unmapped", word)]
    ]
