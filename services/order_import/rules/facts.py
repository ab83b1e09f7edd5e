"""What the rules need to know beside the order itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Approval = Literal["", "approved", "refused", "later"]


@dataclass(frozen=True, slots=True)
class Facts:
    """`project` is the connection's own. `entered`: the order was imported before, so nobody asks again whether it
    should be. `approval` is a person's word on it, `until` when "later" is over."""

    project: str = ""
    entered: bool = False
    approval: Approval = ""
    until: datetime | None = None
