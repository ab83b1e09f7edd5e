"""Every line in the caller's language, whatever its code."""

from services.journal.rendering import line
from tests.pure.journal.lives import entry, parked, push


def test_a_line_is_told_in_german_and_in_english() -> None:
    one = push(1, "done", "ok")
    assert "dem Shop gemeldet" in line(one, "de").sentence
    assert "reported to the shop" in line(one, "en").sentence


def test_a_code_nobody_knows_is_shown_with_its_words_and_breaks_nothing() -> None:
    told = line(entry(1, "failed", "code_of_tomorrow", "error", params={"number": "4711"}), "de")
    assert "code_of_tomorrow" in told.sentence
    assert "4711" in told.sentence


def test_a_missing_word_breaks_no_sentence() -> None:
    assert "?" in line(push(1, "done", "ok").model_copy(update={"params": {}}), "en").sentence


def test_a_blocked_report_says_which_switch_blocks_it() -> None:
    told = line(push(1, "blocked", "skipped", code="productive_mode_off"), "en")
    assert [reason.sentence for reason in told.reasons] == ["The connection's productive mode is off."]


def test_a_parked_order_tells_each_cause_with_its_article() -> None:
    (reason,) = line(parked(1, "KESSEL-9"), "de").reasons
    assert "KESSEL-9" in reason.sentence


def test_a_listings_line_leads_to_the_reckoning_of_its_quantity() -> None:
    told = line(entry(1, "pushed", "stock_push_done", noun="listing", subject="abc"), "en")
    assert told.links["quantity"] == "/inventory/listings/abc/quantity"


def test_a_line_with_an_original_leads_to_it() -> None:
    from uuid import UUID

    told = line(entry(1, "received", "order_received", payload=UUID(int=5)), "en")
    assert told.links["payload"] == f"/journal/payloads/{UUID(int=5)}"
