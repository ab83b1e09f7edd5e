"""Which articles take part in a connection, as conditions that all hold, and these as SQL with parameters.

Fields and operators are declared here; a value never becomes part of the text of a statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

Kind = Literal["text", "number", "flag", "texts"]
FieldName = Literal[
    "number", "title", "description", "ean", "parent_number", "active", "manufacturer", "category", "weight_grams",
    "stock",
]  # fmt: skip
Operator = Literal["==", "!=", ">", "<", "IN", "NOT IN"]
Leaving = Literal["leave", "zero", "end"]
One = StrictStr | StrictInt | StrictFloat
LISTS = ("IN", "NOT IN")
MOST_VALUES, LONGEST, LARGEST = 10_000, 500, Decimal(10) ** 15
OPERATORS: Mapping[Kind, tuple[Operator, ...]] = {
    "text": ("==", "!=", "IN", "NOT IN"),
    "number": ("==", "!=", ">", "<", "IN", "NOT IN"),
    "flag": ("==", "!="),
    "texts": ("==", "!=", "IN", "NOT IN"),
}


@dataclass(frozen=True)
class Known:
    """A field: what kind of value it has, and where it is found: `a` is the article, `c` its content."""

    kind: Kind
    sql: str


FIELDS: Mapping[FieldName, Known] = {
    "number": Known("text", "a.number"),
    "title": Known("text", "a.title"),
    "description": Known("text", "a.description"),
    "ean": Known("text", "coalesce(a.ean, '')"),
    "parent_number": Known("text", "coalesce(a.parent_number, '')"),
    "active": Known("flag", "a.active"),
    "manufacturer": Known("text", "coalesce(c.content ->> 'manufacturer', '')"),
    "category": Known("texts", "coalesce(c.content -> 'categories', '[]')"),
    "weight_grams": Known("number", "CAST(c.content ->> 'weight_grams' AS numeric)"),
    "stock": Known("number", "(SELECT coalesce(sum(v.quantity), 0) FROM levels v WHERE v.article_number = a.number)"),
}


class Condition(BaseModel):
    """One condition, for example `{"field": "manufacturer", "operator": "IN", "value": ["Acme"]}`. An article without a
    number in that field is neither equal, larger nor smaller. A *category* is a whole path; one of its paths fits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: FieldName
    operator: Operator
    value: StrictBool | One | tuple[One, ...] = Field(examples=["A-1"])

    @model_validator(mode="after")
    def _fits(self) -> "Condition":
        kind = FIELDS[self.field].kind
        if self.operator not in OPERATORS[kind]:
            raise ValueError(f"{self.field} knows only {', '.join(OPERATORS[kind])}")
        if (self.operator in LISTS) != isinstance(self.value, tuple):
            raise ValueError("IN and NOT IN need a list, the other operators one value")
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        if not 0 < len(values) <= MOST_VALUES:
            raise ValueError(f"a list has 1 to {MOST_VALUES} values")
        for one in values:
            _typed(kind, one)
        return self

    @property
    def typed(self) -> Any:
        """The value as the database takes it."""
        kind = FIELDS[self.field].kind
        return [_typed(kind, one) for one in self.value] if isinstance(self.value, tuple) else _typed(kind, self.value)


def _typed(kind: Kind, value: bool | str | int | float) -> bool | str | Decimal:
    """The value as its field has it; a number may be written as text. Raises ValueError where it is none."""
    if kind == "flag":
        if not isinstance(value, bool):
            raise ValueError("this field is true or false")
        return value
    if kind == "number":
        try:
            number = Decimal(str(value)) if not isinstance(value, bool) else None
        except ArithmeticError:
            number = None
        if number is None or not number.is_finite() or abs(number) >= LARGEST:
            raise ValueError("this field is a number")
        return number
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        raise ValueError(f"this field is a text of at most {LONGEST} characters")
    return value


class Filter(BaseModel):
    """Articles that fit every condition take part; without a condition all do. `leaving` is what becomes of a listing
    whose article leaves: *leave* it as it is, tell the shop *zero* stock, or *end* the listing where the platform has
    that. `night_hour` is the hour (UTC) at which it is applied anew every day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    conditions: tuple[Condition, ...] = Field((), max_length=50)
    leaving: Leaving = "leave"
    night_hour: int = Field(1, ge=0, le=23)


def compiled(conditions: Sequence[Condition]) -> tuple[str, dict[str, Any]]:
    """A condition of SQL over `articles a LEFT JOIN article_contents c`, and the values of its parameters."""
    parts, params = ["TRUE"], {}
    for place, one in enumerate(conditions):
        name = f"value{place}"
        parts.append(_sql(FIELDS[one.field], one.operator, name))
        params[name] = one.typed
    return " AND ".join(parts), params


_CASTS: Mapping[Kind, str] = {"text": "text", "texts": "text", "number": "numeric", "flag": "boolean"}


def _sql(field: Known, operator: Operator, name: str) -> str:
    cast = _CASTS[field.kind]
    one, many = f"CAST(:{name} AS {cast})", f"ANY(CAST(:{name} AS {cast}[]))"
    wanted = many if operator in LISTS else one
    positive = f"= {wanted}" if operator in ("==", "!=", "IN", "NOT IN") else f"{operator} {wanted}"
    fits = f"({field.sql} {positive})"
    if field.kind == "texts":
        fits = f"(EXISTS (SELECT FROM jsonb_array_elements_text({field.sql}) AS part(text) WHERE part.text {positive}))"
    return f"{fits} IS NOT TRUE" if operator in ("!=", "NOT IN") else f"{fits} IS TRUE"
