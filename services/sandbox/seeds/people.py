"""The merchant's eighty customers. Names and places are made up; every address is a plausible one."""

import random
from dataclasses import dataclass
from functools import cache

from services.sandbox.merchant import Address

FIRST = (
    "Anna", "Björn", "Çağla", "Dörte", "Emil", "Françoise", "Günther", "Hiltrud", "Ibrahim", "Jürgen", "Karla",
    "Łukasz", "Maike", "Nils", "Özlem", "Paul", "Quirin", "Rosa", "Søren", "Theo",
)  # fmt: skip
LAST = (
    "Müller", "Schäfer", "Weiß", "O’Brien", "Nguyễn", "von der Heide", "Groß", "Kowalski", "Lehmann-Brückner", "Yılmaz",
    "Petersen", "Straußberger",
)  # fmt: skip
PLACES = (
    ("Hauptstraße", "10115", "Berlin", "DE"),
    ("Jungfernstieg", "20095", "Hamburg", "DE"),
    ("Sendlinger Straße", "80331", "München", "DE"),
    ("Große Brunnenstraße", "99084", "Erfurt", "DE"),
    ("Am Hafen", "18055", "Rostock", "DE"),
    ("Königsallee", "40212", "Düsseldorf", "DE"),
    ("Mariahilfer Straße", "1060", "Wien", "AT"),
    ("Rue de Rivoli", "75001", "Paris", "FR"),
    ("Herengracht", "1015 BS", "Amsterdam", "NL"),
    ("Lange Zeile", "91054", "Erlangen", "DE"),
)


@dataclass(frozen=True)
class Person:
    email: str
    address: Address


@cache
def people() -> tuple[Person, ...]:
    """The same eighty on every run."""
    draw = random.Random(4711)
    found = []
    for index in range(80):
        street, postcode, city, country = PLACES[draw.randrange(len(PLACES))]
        first, last = FIRST[index % len(FIRST)], LAST[draw.randrange(len(LAST))]
        company = f"{last} & Söhne GmbH" if index % 11 == 3 else ""
        phone = f"+49 30 {1000000 + index * 7919}" if index % 3 else ""
        address = Address(first, last, f"{street} {draw.randint(1, 180)}", postcode, city, country, company, phone)
        found.append(Person(f"kunde{index:02d}@example.test", address))
    return tuple(found)
