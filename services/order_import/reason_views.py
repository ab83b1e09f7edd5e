"""What the REST interface shows of what keeps orders back."""

from datetime import datetime
from uuid import UUID

from services.order_import.view import View
from shared.contracts.reason import Actor


class ReasonView(View):
    """Why an order is parked, in the caller's language, and who must do what."""

    code: str
    field: str
    key: str
    params: dict[str, str]
    sentence: str
    advice: str
    actor: Actor | str


class CauseView(View):
    """One cause with the number of orders it holds up."""

    code: str
    key: str
    orders: int
    since: datetime
    sentence: str
    advice: str
    actor: str


class UnreadableView(View):
    order_id: UUID
    connection: UUID
    platform: str
    external_id: str
    number: str
    code: str
    field: str
    value: str
    payload: UUID | None
    sentence: str
    advice: str
    times: int
    retries: int
    first_seen_at: datetime
    last_seen_at: datetime
    retried_at: datetime | None
    closed_at: datetime | None


class OutcomeView(View):
    judged: int
    released: int
    still_parked: int
