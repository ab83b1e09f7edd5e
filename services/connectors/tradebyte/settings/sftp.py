"""The fields for files over SFTP."""

import re
from typing import Annotated, Literal

from shared.connector_kit.forms import said

HOST_KEY = re.compile(r"SHA256:[A-Za-z0-9+/]{43}|(ssh|ecdsa)-[\w-]+ [A-Za-z0-9+/]+={0,2}( .*)?")
FOLDER = r"^/?[\w-][\w.-]*(/[\w-][\w.-]*)*$"

Way = Annotated[
    Literal["rest", "sftp"],
    said(
        "Way of the files",
        "Weg der Dateien",
        "How orders come and messages, stock, prices and articles go: by calls (rest) or as files (sftp).",
        "Wie Aufträge kommen und Meldungen, Bestand, Preise, Artikel gehen: als Aufruf (rest) oder Datei (sftp).",
    ),
]
Host = Annotated[
    str,
    said(
        "SFTP server",
        "SFTP-Server",
        "The name of the server, only for files.",
        "Der Name des Servers, nur für Dateien.",
        pattern=r"^[\w.-]*$",
        max_length=253,
    ),
]
Port = Annotated[
    int,
    said(
        "SFTP port",
        "SFTP-Port",
        "Usually 22.",
        "Meist 22.",
        ge=1,
        le=65535,
    ),
]
User = Annotated[
    str,
    said(
        "SFTP user",
        "SFTP-Benutzer",
        "Who logs in to the server.",
        "Wer sich am Server anmeldet.",
        max_length=100,
    ),
]
Password = Annotated[
    str,
    said(
        "SFTP password",
        "SFTP-Passwort",
        "The SFTP user's password.",
        "Das Passwort des SFTP-Benutzers.",
        max_length=200,
        secret=True,
    ),
]
HostKey = Annotated[
    str,
    said(
        "Key of the SFTP server",
        "Schlüssel des SFTP-Servers",
        "Its fingerprint (SHA256:…) or its public key, as TB.One names it. Another key is refused.",
        "Sein Fingerabdruck (SHA256:…) oder öffentlicher Schlüssel, wie TB.One ihn nennt. Ein anderer gilt nicht.",
        max_length=2000,
    ),
]
OrdersFolder = Annotated[
    str,
    said(
        "Folder of orders",
        "Ordner der Aufträge",
        "Where TB.One puts orders. Files that were read are moved into done below it.",
        "Wohin TB.One Aufträge legt. Gelesene Dateien wandern nach done darunter.",
        pattern=FOLDER,
        max_length=200,
    ),
]
MessagesFolder = Annotated[
    str,
    said(
        "Folder of messages",
        "Ordner der Meldungen",
        "Where TB.One fetches messages.",
        "Wo TB.One Meldungen abholt.",
        pattern=FOLDER,
        max_length=200,
    ),
]
StockFolder = Annotated[
    str,
    said(
        "Folder of stock",
        "Ordner der Bestände",
        "Where TB.One fetches stock.",
        "Wo TB.One Bestände abholt.",
        pattern=FOLDER,
        max_length=200,
    ),
]
CatalogueFolder = Annotated[
    str,
    said(
        "Folder of catalogues",
        "Ordner der Kataloge",
        "Where TB.One fetches prices and articles.",
        "Wo TB.One Preise und Artikel abholt.",
        pattern=FOLDER,
        max_length=200,
    ),
]
