"""Why a server could not be provided, in one sentence a person can act on."""


class Unavailable(Exception):
    """A rung does not hold. The message says what happened and, where a person can help, what to type."""
