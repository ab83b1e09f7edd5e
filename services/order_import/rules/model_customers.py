"""What a merchant decides about who the buyer is in the ERP."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, Field

Criterion = Literal["number", "email", "address"]
Number = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
ORDERED: tuple[Criterion, ...] = get_args(Criterion)


def _ordered(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    return tuple(one for one in ORDERED if one in criteria)


class Handling(BaseModel, frozen=True, extra="forbid"):
    """What happens to buyers of one kind. `criteria` are always tried in the order number, e-mail, name and address,
    and count only with `mode` "match"; `unmatched` is for those whom none of them finds."""

    mode: Literal["match", "default", "create"] = "match"
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1), AfterValidator(_ordered)] = ORDERED
    unmatched: Literal["refuse", "create", "default"] = "create"


class CustomerRules(BaseModel, frozen=True, extra="forbid"):
    """`default_customer` and `pos_customer` are numbers; empty: those of the project. `pos_as_one_customer` writes all
    sales in a store to the POS customer. `billing_from_shipping`: a missing billing address is copied from shipping.
    `nameless`: a buyer without any name is nobody's customer, or an error; in a store nobody is asked for it."""

    accounts: Handling = Handling()
    guests: Handling = Handling()
    only_within_project: bool = False
    nameless: Literal["anonymous", "refuse"] = "anonymous"
    default_customer: Number = ""
    pos_as_one_customer: bool = False
    pos_customer: Number = ""
    billing_from_shipping: bool = False
