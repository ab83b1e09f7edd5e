"""What an order does not bear, as problems: a conflict with how it stands, or a wish that is wrong by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from services.order_import.parcel_plan import Refused
from shared.chassis.problems import Problem, not_found

CONFLICTS = {
    "cancellation_settled", "cancellation_shipped_since", "cancel_reference_used", "cancel_order_cancelled",
    "cancel_fulfilled_by_channel", "cancel_partly_shipped", "cancel_not_failed",
    "document_number_sent", "document_under_way", "document_order_erased", "document_not_failed",
    "refund_reference_used", "refund_exceeds_order", "refund_exceeds_line", "refund_not_failed",
    "returned_reference_used", "returned_exceeds_line", "returned_not_failed",
    "return_closed", "return_received_otherwise", "return_answered_already",
}  # fmt: skip


@contextmanager
def refusals(what: UUID) -> Iterator[None]:
    """Raises a problem that names the field, or that there is no such record."""
    try:
        yield
    except LookupError:
        raise not_found(what) from None
    except Refused as refusal:
        status = 409 if refusal.code in CONFLICTS else 422
        raise Problem(status, refusal.code, field=refusal.field, extra=None, **refusal.params) from None
