"""A field of the form that a merchant fills in, in both languages."""

from typing import Any

from pydantic import Field


def said(title: str, title_de: str, description: str, description_de: str, *, secret: bool = False, **more: Any) -> Any:
    """What a person reads at the field. `secret` values are sealed and never shown again; `more` is pydantic's."""
    extra: dict[str, Any] = {"title_de": title_de, "description_de": description_de}
    if secret:
        extra["secret"] = True
    return Field(title=title, description=description, json_schema_extra=extra, **more)
