"""From codes to what a caller reads."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from services.inventory.matching import match_words
from services.inventory.rows import Refusal
from services.inventory.views import ListingView, Proposal, RowAnswer, Said, UploadAnswer
from shared.chassis.sentences import Language, advice, sentence


def said(code: str, language: Language, params: Mapping[str, str] | None = None) -> Said:
    """A code's sentence and advice."""
    return Said(code=code, sentence=sentence(code, params or {}, language), advice=advice(code, params or {}, language))


def refused(row: int, key: str, refusal: Refusal, language: Language) -> RowAnswer:
    """The answer to a row that was not taken."""
    return RowAnswer(
        row=row,
        key=key,
        outcome="refused",
        code=refusal.code,
        field=refusal.field,
        detail=sentence(refusal.code, refusal.params, language),
        advice=advice(refusal.code, refusal.params, language),
    )


def answered(
    raw: Sequence[Mapping[str, Any]],
    numbers: Mapping[int, str],
    stored: Mapping[int, Literal["accepted", "unchanged"]],
    refusals: Mapping[int, Refusal],
    language: Language,
) -> UploadAnswer:
    """What became of each row of an upload about articles; `numbers` are those of the rows that could be read."""
    rows = [
        RowAnswer(row=n, key=numbers[n], outcome=stored[n])
        if n in stored
        else refused(n, str(one.get("article_number", "")), refusals[n], language)
        for n, one in enumerate(raw)
    ]
    unchanged = sum(outcome == "unchanged" for outcome in stored.values())
    return UploadAnswer(accepted=len(stored) - unchanged, unchanged=unchanged, refused=len(refusals), rows=rows)


def match_said(row: Mapping[str, Any], language: Language) -> Said:
    """Whether a listing has an article, or why not."""
    return said(row["match"], language, match_words(row))


def listing_view(row: Mapping[str, Any], proposals: Sequence[tuple[str, str]], language: Language) -> ListingView:
    """A stored listing as callers see it."""
    words = {"number": "", "sku": row["sku"] or "", "ean": row["ean"] or ""}
    unreadable = None
    if row["unreadable_code"] is not None:
        params = {"listing": row["external_id"], "field": row["unreadable_field"] or "",
                  "value": row["unreadable_value"] or "", "cause": row["unreadable_code"]}  # fmt: skip
        unreadable = said("listing_read_failed", language, params)
    return ListingView(
        **{name: row[name] for name in ListingView.model_fields if name in row and name not in ("match", "matched_by")},
        match=match_said(row, language),
        matched_by=said(f"matched_by_{row['matched_by']}", language, words) if row["matched_by"] else None,
        unreadable=unreadable,
        proposals=[
            Proposal(article_number=number, reason=said(code, language, words | {"number": number}))
            for number, code in proposals
        ],
    )
