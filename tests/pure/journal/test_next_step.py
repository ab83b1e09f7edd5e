"""Where is it, and what happens next."""

from services.journal.next_step import next_step
from shared.contracts.journal import JournalEntry
from shared.contracts.reason import Reason
from tests.pure.journal.lives import PARCEL, SHOP, acknowledged, entry, imported, parked, push, read


def step(*entries: JournalEntry) -> tuple[str, str, list[str]]:
    found = next_step("order", entries)
    return found.code, found.who, [reason.code for reason in found.because]


def test_an_order_that_was_only_read_is_taken_in_next() -> None:
    assert step(read(0)) == ("next_import", "time", [])


def test_an_order_with_an_unknown_article_waits_for_exactly_that_article() -> None:
    found = next_step("order", [read(0), parked(1, "KESSEL-7")])
    assert (found.code, found.who) == ("next_parked", "merchant")
    assert found.because == (Reason(code="article_unknown", key="KESSEL-7", params={"sku": "KESSEL-7"}),)


def test_an_order_that_was_judged_again_in_vain_still_waits_for_its_cause() -> None:
    again = entry(2, "rejudged", "order_still_parked", "warning", reasons=[Reason(code="totals_mismatch")])
    assert step(read(0), parked(1), again) == ("next_parked", "merchant", ["totals_mismatch"])


def test_an_order_the_platform_withholds_details_of_waits_for_time() -> None:
    assert step(read(0), entry(1, "waiting", "order_waiting")) == ("next_waiting", "time", [])


def test_an_order_that_a_rule_keeps_back_waits_for_what_the_rule_names() -> None:
    wanted = Reason(code="approval_wanted")
    assert step(entry(1, "waiting", "order_kept_back", reasons=[wanted])) == (
        "next_kept_back",
        "merchant",
        ["approval_wanted"],
    )


def test_an_imported_order_waits_for_the_erp_to_acknowledge_it() -> None:
    assert step(read(0), parked(1), imported(2)) == ("next_acknowledgement", "merchant", [])


def test_an_acknowledged_order_waits_for_its_shipment_under_the_erps_own_number() -> None:
    found = next_step("order", [read(0), imported(1), acknowledged(2)])
    assert found.code == "next_shipment"
    assert found.params["erp_number"] == "A-99"


def test_an_order_the_erp_rejected_waits_for_the_merchant() -> None:
    rejected = entry(2, "rejected", "order_rejected", "error", reasons=[Reason(code="rejected_by_erp")])
    assert step(imported(1), rejected) == ("next_rejected", "merchant", ["rejected_by_erp"])


def test_a_shipment_that_is_recorded_and_not_yet_sent_is_told_to_the_shop_next() -> None:
    recorded = entry(3, "pushed", "shipment_recorded", keys=[("number", "4711"), ("parcel", PARCEL)])
    assert step(imported(1), acknowledged(2), recorded) == ("next_report", "time", [])


def test_a_shipment_behind_a_switch_names_the_switch() -> None:
    blocked = push(4, "blocked", "skipped", code="productive_mode_off")
    assert step(imported(1), acknowledged(2), blocked) == ("next_blocked", "merchant", ["productive_mode_off"])


def test_a_shipment_the_shop_refused_needs_a_person_even_when_another_parcel_arrived() -> None:
    refused = push(4, "failed", "error", parcel="one", code="scope_missing")
    arrived = push(5, "done", "ok", parcel="two")
    code, who, causes = step(imported(1), acknowledged(2), refused, arrived)
    assert (code, causes) == ("next_person", ["scope_missing"])
    assert who == "merchant"


def test_a_shipment_that_is_being_retried_needs_nobody() -> None:
    retrying = push(4, "retrying", "warning", code="transient")
    assert step(imported(1), acknowledged(2), retrying) == ("next_retry", "time", ["transient"])


def test_a_shipment_that_arrived_after_a_failure_leaves_nothing_open() -> None:
    told = step(imported(1), acknowledged(2), push(3, "failed", "error"), push(4, "done", "ok"))
    assert told == ("next_reported", "nobody", [])


def test_one_parcel_that_arrived_does_not_hide_one_that_is_still_to_be_told() -> None:
    recorded = entry(3, "pushed", "shipment_recorded", keys=[("number", "4711"), ("parcel", "two")])
    assert step(imported(1), acknowledged(2), push(4, "done", "ok", parcel="one"), recorded)[0] == "next_report"


def test_an_order_changed_after_its_acknowledgement_waits_for_the_next_one() -> None:
    changed = entry(3, "changed", "order_changed")
    assert step(imported(1), acknowledged(2), changed)[0] == "next_acknowledgement"


def test_a_late_acknowledgement_does_not_hide_that_the_order_is_parked() -> None:
    assert step(imported(1), parked(2), acknowledged(3))[0] == "next_parked"


def test_a_cancelled_order_leaves_nothing_open_whatever_was_wrong_before() -> None:
    assert step(parked(1), entry(2, "cancelled", "order_cancelled")) == ("next_cancelled", "nobody", [])


def test_a_reservation_does_not_hide_that_the_order_is_parked() -> None:
    assert step(parked(1), entry(2, "reserved", "stock_reserved"))[0] == "next_parked"


def test_an_unreadable_order_names_what_could_not_be_read() -> None:
    words = {"number": "4711", "reason": "unknown_word", "field": "status", "value": "halb"}
    unreadable = entry(0, "received", "order_unreadable", "error", params=words)
    assert step(unreadable) == ("next_unreadable", "developer", ["unknown_word"])


def test_an_article_behind_a_switch_names_the_switch() -> None:
    words = {"code": "integration_mode_off", "sku": "KESSEL-1", "quantity": "3"}
    blocked = entry(1, "skipped", "stock_push_blocked", "skipped", noun="listing", subject="l", params=words)
    found = next_step("listing", [blocked])
    assert (found.code, [cause.code for cause in found.because]) == ("next_blocked", ["integration_mode_off"])


def test_a_stream_that_failed_for_a_passing_reason_is_tried_again_by_itself() -> None:
    words = {"reason": "transient", "detail": "timeout", "stream": "order", "connection": "Shop"}
    failed = entry(1, "failed", "stream_failed", "error", noun="stream", subject=f"{SHOP}:order", params=words)
    assert next_step("stream", [failed]).code == "next_retry"


def test_a_record_nobody_wrote_about_has_no_next_step() -> None:
    assert next_step("order", []).code == "next_unknown"


def test_an_invoice_that_arrived_says_nothing_about_the_goods() -> None:
    paper = [("parcel", "2b1d5b0e-3a52-4d8e-9d5e-2f6f1a4f9a01")]
    told = entry(3, "pushed", "document_push_done", keys=paper)
    life = [read(0), imported(1), acknowledged(2), told, entry(4, "reported", "document_reported", keys=paper)]
    assert step(*life) == ("next_shipment", "merchant", [])
    lost = entry(5, "failed", "document_push_failed", "error", keys=paper, params={"code": "document_not_offered"})
    assert step(*life, lost)[2] == ["document_not_offered"]
