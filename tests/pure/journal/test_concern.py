"""What raises a problem, and what settles it."""

from typing import Any

from services.journal.concern import causes_of, newest, verdict
from shared.contracts.journal import JournalEntry, Outcome
from tests.pure.journal.lives import SHOP, acknowledged, entry, imported, parked, push, read


def open_after(*entries: JournalEntry) -> set[str]:
    """The causes that are open when these were the only entries."""
    raised: dict[tuple[str, str, str], set[str]] = {}
    for one in newest(entries):
        if one.concern == "":
            raised = {}
        raised[one.key] = {reason.code for reason in one.causes}
    return set().union(*raised.values()) if raised else set()


def test_a_parked_order_is_a_problem_with_each_of_its_causes() -> None:
    assert open_after(read(0), parked(1)) == {"article_unknown"}


def test_an_import_settles_what_parked_the_order() -> None:
    assert open_after(parked(1), imported(2)) == set()


def test_reading_an_order_again_does_not_settle_what_parked_it() -> None:
    assert open_after(parked(1), read(2)) == {"article_unknown"}


def test_a_reservation_settles_nothing() -> None:
    assert open_after(parked(1), entry(2, "reserved", "stock_reserved")) == {"article_unknown"}


def test_an_imported_order_does_not_settle_a_refused_shipment() -> None:
    assert open_after(push(1, "failed", "error", code="scope_missing"), imported(2)) == {"scope_missing"}


def test_one_parcel_does_not_settle_another() -> None:
    refused = push(1, "failed", "error", parcel="one", code="scope_missing")
    assert open_after(refused, push(2, "done", "ok", parcel="two")) == {"scope_missing"}
    assert open_after(refused, push(2, "done", "ok", parcel="one")) == set()


def test_of_one_moment_the_trouble_wins() -> None:
    assert open_after(parked(1), imported(1)) == {"article_unknown"}
    assert open_after(imported(1), parked(1)) == {"article_unknown"}


def test_a_switch_that_is_off_is_no_problem() -> None:
    assert verdict(push(1, "blocked", "skipped", code="productive_mode_off")) is None


def test_a_cancellation_settles_everything_about_an_order() -> None:
    (settled,) = newest([entry(2, "cancelled", "order_cancelled")])
    assert (settled.concern, settled.causes) == ("", ())


def test_the_cause_of_a_failed_push_is_the_shops_own_code_where_there_is_a_sentence_for_it() -> None:
    assert [cause.code for cause in causes_of(push(1, "failed", "error", code="scope_missing"))] == ["scope_missing"]
    assert [cause.code for cause in causes_of(push(1, "failed", "error", code="XK-17"))] == ["fulfilment_push_failed"]


def test_an_order_that_could_be_read_at_last_stays_parked_for_its_own_cause() -> None:
    closed = entry(2, "finished", "unreadable_closed")
    assert open_after(entry(0, "received", "order_unreadable", "error"), parked(1), closed) == {"article_unknown"}


def test_a_drift_of_stock_is_settled_by_the_next_push_that_arrives() -> None:
    drift = entry(1, "reported", "stock_drifted", "warning", noun="listing", subject="l", keys=())
    done = entry(2, "pushed", "stock_push_done", noun="listing", subject="l", keys=())
    assert open_after(drift) == {"stock_drifted"}
    assert open_after(drift, done) == set()


def test_a_refused_upload_was_answered_on_the_spot_and_stays_no_problem() -> None:
    assert verdict(entry(1, "rejected", "article_unknown", "warning", noun="stock_upload", subject="u")) is None


def test_an_acknowledgement_does_not_settle_a_parked_order() -> None:
    assert open_after(parked(1), acknowledged(2)) == {"article_unknown"}


def test_reading_live_does_not_settle_a_backfill_that_failed_and_the_reverse() -> None:
    words = {"stream": "order", "path": "backfill"}
    about: dict[str, Any] = {"noun": "stream", "subject": f"{SHOP}:order", "correlation": "one"}
    failed = entry(1, "failed", "backfill_failed", "error", params=words, **about)
    live = entry(2, "finished", "stream_read", params={"stream": "order", "path": "poll"}, **about)
    assert open_after(failed, live) == {"backfill_failed"}
    assert open_after(failed, entry(3, "finished", "backfill_done", params=words, **about)) == set()
    other = about | {"correlation": "two"}
    assert open_after(failed, entry(3, "finished", "backfill_done", params=words, **other)) == {"backfill_failed"}


def ticket(minute: float, code: str, id: str = "001") -> JournalEntry:
    outcome: Outcome = "warning" if code == "ticket_waits" else "ok"
    return entry(minute, "reported", code, outcome, params={"ticket": id})


def test_a_question_is_settled_by_its_answer_and_by_nothing_else_that_is_read_of_the_order() -> None:
    assert open_after(ticket(1, "ticket_waits"), read(2), imported(3)) == {"ticket_waits"}
    assert open_after(ticket(1, "ticket_waits"), ticket(2, "ticket_received")) == set()


def test_one_answer_settles_no_other_question_and_nothing_that_holds_the_order() -> None:
    answered = ticket(3, "ticket_received", "002")
    assert open_after(parked(1), ticket(2, "ticket_waits"), answered) == {"article_unknown", "ticket_waits"}
