"""Recognising a buyer without keeping who he is: one comparable text of name and address, to be hashed."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[\W_]+")
_STREET = re.compile(r"str(?:asse|\.)(?=\W|$)")


def address_text(
    *,
    first_name: str,
    last_name: str,
    company: str,
    street: str,
    addition: str = "",
    postcode: str,
    city: str,
    country: str,
) -> str:
    """The same for the same person at the same address, however it is written: case, accents, blanks, "Straße" or
    "Str.", and the order of the names do not matter. The company counts where there is no person. Empty where name,
    street or city is missing: too little to recognise anybody by."""
    name = " ".join(sorted(_plain(f"{first_name} {last_name}").split())) or _plain(company)
    parts = [name, _plain(f"{street} {addition}"), _plain(city)]
    if not all(parts):
        return ""
    return "|".join([*parts, _plain(postcode), _plain(country)]).replace(" ", "")


def _plain(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", _STREET.sub("str ", bare)).strip()
