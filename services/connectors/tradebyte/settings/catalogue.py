"""The fields for articles that are sent."""

from typing import Annotated, Literal

from shared.connector_kit.forms import said

Channels = Annotated[
    str,
    said(
        "Channels that sell new articles",
        "Kanäle, die neue Artikel verkaufen",
        "Signs of the channels with commas between them: chde, chat. One file is made for each of them.",
        "Kürzel der Kanäle, durch Komma getrennt: chde, chat. Für jeden entsteht eine eigene Datei.",
        pattern=r"^$|^\s*\w+\s*(,\s*\w+\s*)*$",
        max_length=500,
    ),
]
NumberedBy = Annotated[
    Literal["number", "id"],
    said(
        "Number of new articles",
        "Nummer neuer Artikel",
        "What P_NR and A_NR of new articles are: the article number, or Kontor's own id, which never changes.",
        "Was P_NR und A_NR neuer Artikel sind: die Artikelnummer oder Kontors eigene ID, die sich nie ändert.",
    ),
]
Separator = Annotated[
    str,
    said(
        "Separator of keywords",
        "Trennzeichen der Schlagwörter",
        "What stands between two keywords of an article. Each of them becomes a search term of its own.",
        "Was zwischen zwei Schlagwörtern eines Artikels steht. Jedes wird ein eigener Suchbegriff.",
        min_length=1,
        max_length=5,
    ),
]
