"""The two bases of everything that travels."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """A frozen value. Consumers ignore fields they do not know, so producers may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Payload(Contract):
    """The data of one event or command; its type string is the contract, not its class name.

    `kind` "event" is past tense and anyone may listen; "command" is imperative and has one addressee.
    """

    type: ClassVar[str]
    kind: ClassVar[Literal["event", "command"]] = "event"
    schema_version: ClassVar[int] = 1
