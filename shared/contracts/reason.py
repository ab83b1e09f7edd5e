"""Why something did not go the normal way, for the person who must act."""

from typing import Literal

from shared.contracts.model import Contract

Actor = Literal["merchant", "operator", "developer", "time"]


class Reason(Contract):
    """One reason: a code of `sentences.toml`, the field it concerns and the words the sentence needs.

    `key` is the value whose change would remove the cause (an article number, a payment word), so that the record can
    be judged again by itself; it never holds personal data.
    """

    code: str
    field: str = ""
    key: str = ""
    params: dict[str, str] = {}
    actor: Actor = "merchant"
