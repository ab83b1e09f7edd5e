"""The fields for returns that are sent."""

from typing import Annotated

from shared.connector_kit.forms import said

Causes = Annotated[
    str,
    said(
        "Reasons of returns",
        "Retourengründe",
        "Reason and import key in TB.One, for example defective=DEFEKT, unwanted=NICHTGEFALLEN.",
        "Grund und Importschlüssel in TB.One, zum Beispiel defective=DEFEKT, unwanted=NICHTGEFALLEN.",
        max_length=2000,
    ),
]
States = Annotated[
    str,
    said(
        "States of returned goods",
        "Zustände der Retouren",
        "Import keys of goods that are sold again and of others: restocked=A, other=B.",
        "Importschlüssel für wieder verkäufliche und andere Ware: restocked=A, other=B.",
        max_length=200,
    ),
]
