"""Errors named for who must act. The docstring of each class is its meaning."""

from datetime import timedelta


class KontorError(Exception):
    """Anything Kontor raises on purpose. `code` is a code of `sentences.toml`, `params` are its words."""

    code = "defect"

    def __init__(self, detail: str, *, code: str | None = None, field: str = "", **params: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.field = field
        self.params = params


class Transient(KontorError):
    """Nobody must act: time heals it. `retry_after` is how long the other side asked us to wait."""

    code = "transient"

    def __init__(self, detail: str, *, retry_after: timedelta | None = None, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class Misconfigured(KontorError):
    """The merchant must act: wrong or expired credentials, a missing scope, a switched-off shop."""

    code = "misconfigured"


class Rejected(KontorError):
    """One item was refused by the other side; its neighbours are fine."""

    code = "rejected"


class Untranslatable(KontorError):
    """One item cannot be read: `field` names where, `params["value"]` the word (never personal data)."""

    code = "unreadable"


class Unknown(KontorError):
    """A write was sent and its answer was lost: nobody knows whether it happened. Read back before repeating."""

    code = "answer_lost"


class ParentMissing(KontorError):
    """An event about a record that has not arrived here: it waits for it (`waits_for` names it), but not for ever."""

    code = "parent_missing"

    def __init__(self, detail: str, *, waits_for: str) -> None:
        super().__init__(detail)
        self.waits_for = waits_for


class Defect(KontorError):
    """We must act: a mistake of ours."""

    code = "defect"
