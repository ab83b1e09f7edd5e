"""What a connector says about itself. Declaration, not inheritance: a value that reads as a table of contents."""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from shared.contracts.article import ListedArticle, Matching
from shared.contracts.connection import Connection, Feature
from shared.contracts.customer import ShopCustomer
from shared.contracts.fulfilment import PushedPart
from shared.contracts.journal import Outcome
from shared.contracts.model import Payload
from shared.contracts.order import Order
from shared.contracts.price import PriceGroup
from shared.contracts.returned import ReturnTerms
from shared.contracts.taxonomy import Taxonomy, TaxonomyCategory
from shared.http.limits import Limit

Noun = Literal["order", "article", "customer"]
Record = Literal["order", "listing", "customer"]
RECORDS: Mapping[Noun, Record] = {"order": "order", "article": "listing", "customer": "customer"}
"""What a stream's item is to us. Orders and customers hold personal data."""

USUAL_MATCHING = Matching()
ADDRESS = ":address"
"""Beside a webhook's own headers, under a name that no header can have: the address we subscribed, which some platforms
sign."""


@dataclass(frozen=True)
class RawItem:
    """One item as the platform wrote it: `body` is its JSON, `stamp` the platform's change stamp (aware UTC)."""

    external_id: str
    stamp: datetime
    body: bytes
    number: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A row of the platform's list that is no record of ours: the journal is told `code`, a code of the sentences."""

    external_id: str
    code: str


@dataclass(frozen=True)
class Remark:
    """What a platform says beside its records and only once, such as how an order was settled: the journal is told
    `code`, a code of the sentences, with `params`. It is about the record `external_id`, or about the connection where
    that is empty; `key` tells it from all others about the same. `body`, JSON, is archived with it."""

    external_id: str
    key: str
    code: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    outcome: Outcome = "ok"
    body: bytes = b""


@dataclass(frozen=True)
class Page:
    """Items of one page. After it, everything changed up to and including `watermark` has been handed out.

    `acknowledge(external_ids)` tells a platform that hands out what was not acknowledged yet: these items may come off
    its list. Called when they are published and remembered, and only for items that could be translated; a crash before
    it brings them once more, so it must be harmless twice. Where it decides something that the merchant must know, it
    answers what became of each, for the record's journal.
    `left_out` names what the platform lists beside its records and what is not handed out; `remarks` are told once.
    """

    items: Sequence[RawItem]
    watermark: datetime | None = None
    left_out: Sequence[LeftOut] = ()
    remarks: Sequence[Remark] = ()
    acknowledge: "Callable[[Collection[str]], Awaitable[Mapping[str, PushResult] | None]] | None" = None


@dataclass(frozen=True)
class Window:
    """What a stream is asked for: changed at or after `since` (None: from the beginning), before `until` (None: now).

    Handing out more than asked is harmless; handing out less loses records.
    """

    since: datetime | None = None
    until: datetime | None = None


CLOCKS_APART = timedelta(minutes=1)
"""How far the clock that dates a platform's answers, often a web server's or a proxy's, may be behind the one that
stamps its records: a live window that has to end somewhere ends so much later."""


@dataclass(frozen=True)
class CensusEntry:
    """One record in the shop's own list."""

    external_id: str
    number: str
    stamp: datetime


@dataclass(frozen=True)
class Command:
    """One thing to push. `key` stays the same for every try of this row: an idempotency key for platforms with one.
    `content` is a document's PDF: there when it is sent, not when it is looked for. `ticket` is what the platform gave
    for it when it took it to be judged later; empty until then."""

    subject: str
    version: int
    key: UUID
    payload: Any
    content: bytes = b""
    ticket: str = ""


@dataclass(frozen=True)
class PushResult:
    """What became of one command. "retrying" is tried again later by itself, "failed" is for good. "waiting" was handed
    over under the ticket `external_id` and is judged later: `Push.verify` is asked about it until it says how.

    `actual` is a quantity the platform itself reported (compare-and-set); `external_id` its id of the result.
    `listings` are ids of listings that came to be by it: they are read at once, so that stock need not wait for the
    stream. `parts` are what became of the parts of a command, where the platform judges those.
    """

    outcome: Literal["done", "unchanged", "failed", "waiting", "retrying"]
    code: str = ""
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    external_id: str = ""
    actual: int | None = None
    listings: tuple[str, ...] = ()
    parts: tuple[PushedPart, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One thing a live test found: a code of the sentences, the field or scope it concerns, and whether it is fatal."""

    code: str
    field: str = ""
    fatal: bool = True
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Probe:
    """The result of a live test: what works and what is missing. `facts` are shown to people (shop name, version);
    `valid_until` is when the credentials end, where the platform says so."""

    findings: Sequence[Finding] = ()
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    valid_until: datetime | None = None

    @property
    def ok(self) -> bool:
        return not any(finding.fatal for finding in self.findings)


@dataclass(frozen=True)
class Stream:
    """A kind of record that is read. `full_every`: how often it is read from the beginning, to find what a change stamp
    does not tell (the shop's own stock edits). `fetch(client, window)` yields pages in ascending order of change;
    `fetch_one(client, external_id)` reads one again: none when the platform no longer has it, several when the id is
    that of a product, whose variants are articles. `translate` is pure. `find(client, numbers)` answers the external id
    behind each number that the shop knows, where the platform can be asked for it cheaply. `open_list`: the platform
    hands out what was not acknowledged yet (`Page.acknowledge`) instead of what changed within the window, and all of
    it in one answer."""

    noun: Noun
    feature: Feature
    fetch: Callable[[Any, Window], AsyncIterator[Page]]
    fetch_one: Callable[[Any, str], Awaitable[Sequence[RawItem]]]
    wire: type[BaseModel]
    translate: Callable[[Any], Order | ListedArticle | ShopCustomer]
    every: timedelta
    overlap: timedelta
    census: Callable[[Any, Window], AsyncIterator[CensusEntry]] | None = None
    full_every: timedelta | None = None
    find: Callable[[Any, Sequence[str]], Awaitable[Mapping[str, str]]] | None = None
    open_list: bool = False

    def pace(self, connection: Connection) -> timedelta:
        """How often it is read for one connection, whose options may say otherwise."""
        seconds = connection.options.get(f"{self.noun}s_every_seconds")
        return timedelta(seconds=float(seconds)) if seconds else self.every


@dataclass(frozen=True)
class Push:
    """A kind of record that is sent. `send(client, commands)` answers one result per command, in order.

    It may raise Transient (all again later; where each command is a call of its own, `single.one_by_one` keeps what has
    arrived), Unknown (nobody knows: `verify` reads back before anything is repeated) or Misconfigured (the connection
    is paused). `verify(client, commands)` answers a result for what the platform
    already has, None for what is to be sent again. `blind`: the platform cannot be asked what it made of what was sent,
    nor does it answer item by item. `every`: the platform wants to be told of it no oftener, and all of it together;
    what is sent by hand goes at once. `tells`: what of a price beside the listing's own it tells. `together`: a field
    of the payload; the platform takes what has the same there in one call, so whatever else of it is due goes with the
    batch, up to ten times as many.
    """

    noun: Literal[
        "stock", "price", "fulfilment", "cancellation", "document", "refund", "return", "mapped_product", "product"
    ]
    feature: Feature
    payload: type[Payload]
    send: Callable[[Any, Sequence[Command]], Awaitable[Sequence[PushResult]]]
    verify: Callable[[Any, Sequence[Command]], Awaitable[Sequence[PushResult | None]]]
    batch: int
    blind: bool = False
    every: timedelta | None = None
    tells: tuple[Literal["tiers", "groups"], ...] = ()
    together: str = ""


@dataclass(frozen=True)
class Hint:
    """What a webhook says: go and read this record. None of its content is used."""

    noun: Noun
    external_id: str


@dataclass(frozen=True)
class PublicKeys:
    """Where a platform signs with keys of its own: `named(headers)` is the name of the key that a call says it is
    signed with, empty for what can be none; `fetch(client, name)` asks the platform for it."""

    named: Callable[[Mapping[str, str]], str]
    fetch: Callable[[Any, str], Awaitable[str]]


@dataclass(frozen=True)
class Webhooks:
    """Where the platform pushes. `secrets(credentials, own)` are the valid signing secrets, `own` being one that we
    made for this connection; `verify(headers, body, secrets)` checks the raw bytes, `headers[ADDRESS]` being where they
    were meant to go; `hint` may be None (nothing to do).
    `unsigned(headers, body)` recognises calls that the platform sends unsigned and that carry nothing.
    `subscribe(client, address, own_secret)` makes every subscription exist and work; answers what it had to mend.
    `keys`: public keys that `verify` is given besides the secrets. `challenge(query, address, own_secret)` answers a
    call by which the platform finds out whether the address is ours; None for any other. `leaves(headers, body)` is the
    buyer, by his id at the platform, whose data the platform says must be erased; empty for any other call."""

    secrets: Callable[[Any, str], Sequence[str]]
    verify: Callable[[Mapping[str, str], bytes, Sequence[str]], bool]
    hint: Callable[[Mapping[str, str], bytes], Hint | None]
    subscribe: Callable[[Any, str, str], Awaitable[Sequence[str]]]
    unsigned: Callable[[Mapping[str, str], bytes], bool] = lambda headers, body: False
    keys: PublicKeys | None = None
    challenge: Callable[[Mapping[str, str], str, str], Mapping[str, str] | None] = lambda query, address, own: None
    leaves: Callable[[Mapping[str, str], bytes], str] = lambda headers, body: ""


@dataclass(frozen=True)
class Authorisation:
    """Where an account is connected by its owner's consent: OAuth 2.0, authorisation code with PKCE.

    Both addresses may name fields of the credentials, `https://login.example/{realm}/authorize`. `client_id` and
    `client_secret` are the fields that hold the merchant's own app. `fills` says which field of the platform's answer
    becomes which field of the credentials; `lifetime` is the field of the answer that says for how many seconds.
    `redirect_name` is a field of the credentials: the name under which the platform knows the return address, for
    platforms that want that name in its place.
    """

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    fills: Mapping[str, str]
    client_id: str = "client_id"
    client_secret: str = "client_secret"  # noqa: S105 - the name of a field
    lifetime: str = ""
    redirect_name: str = ""


@dataclass(frozen=True)
class Capability:
    """One line of the feature matrix: what, by which call of the platform, or why not."""

    name: str
    offered: bool
    how: str


@dataclass(frozen=True)
class Schema:
    """Where the platform has categories and attributes of its own: `read(client)` answers all of them, at most once in
    `every`. Where that would take too many calls it answers the categories and what is asked of all products, and
    `category(client, code)` the attributes of one (under its own code) with their lists, when the merchant means it.
    `suggest(client, title)` answers categories that may fit a product of this title, the best first; their labels are
    whole paths."""

    read: Callable[[Any], Awaitable[Taxonomy]]
    every: timedelta
    category: Callable[[Any, str], Awaitable[Taxonomy]] | None = None
    suggest: Callable[[Any, str], Awaitable[Sequence[TaxonomyCategory]]] | None = None


@dataclass(frozen=True)
class Connector:
    """One platform. `client(credentials, outside)` builds the client that streams, pushes and probe are called with.
    `source_only`: the platform is read when somebody asks for it, to take over what it has; it never goes live.
    `price_groups(client)` answers the groups of customers that the shop knows prices for, by label.
    `matching` is how its listings find their articles where the merchant does not say otherwise.
    `return_terms`: returns that buyers opened are answered by the push of returns, and how."""

    platform: str
    title: str
    api_version: str
    credentials: type[BaseModel]
    client: Callable[[Any, Any], Any]
    limit: Limit
    probe: Callable[[Any], Awaitable[Probe]]
    streams: tuple[Stream, ...]
    pushes: tuple[Push, ...] = ()
    webhooks: Webhooks | None = None
    authorisation: Authorisation | None = None
    capabilities: tuple[Capability, ...] = ()
    source_only: bool = False
    matching: Matching = USUAL_MATCHING
    taxonomy: Schema | None = None
    price_groups: Callable[[Any], Awaitable[Sequence[PriceGroup]]] | None = None
    return_terms: ReturnTerms | None = None

    def stream(self, noun: str) -> Stream | None:
        return next((stream for stream in self.streams if stream.noun == noun), None)
