"""Price uploads as CSV files."""

from services.inventory.count_file import DecimalMark, number, read_table

HEADERS = {
    "article_number": ("articlenumber", "article", "artikelnummer", "artikelnr", "artikel", "artnr", "sku", "number"),
    "price_list": (
        "pricelist",
        "list",
        "group",
        "customergroup",
        "preisliste",
        "preisgruppe",
        "kundengruppe",
        "gruppe",
    ),
    "currency": ("currency", "währung", "waehrung"),
    "from_quantity": (
        "fromquantity",
        "fromqty",
        "minquantity",
        "minimumquantity",
        "abmenge",
        "staffel",
        "staffelmenge",
        "mindestmenge",
    ),
    "amount": ("amount", "price", "preis", "betrag", "verkaufspreis", "vk"),
    "basis": ("basis", "pricebasis", "preisart", "preisbasis"),
    "tax": ("tax", "taxclass", "steuer", "steuersatz", "steuerklasse", "mwst"),
    "strike": ("strike", "strikeprice", "rrp", "uvp", "streichpreis", "pseudopreis"),
}
WORDS = {
    "basis": {"gross": "gross", "brutto": "gross", "net": "net", "netto": "net"},
    "tax": {
        "standard": "standard", "normal": "standard", "reduced": "reduced", "ermäßigt": "reduced",
        "ermaessigt": "reduced", "exempt": "exempt", "frei": "exempt", "befreit": "exempt", "steuerfrei": "exempt",
    },
}  # fmt: skip
NUMBERS = ("amount", "strike", "from_quantity")


def read_price_file(body: bytes, decimal_mark: DecimalMark | None = None) -> list[dict[str, str]]:
    """The file's rows with our field names, our words, and amounts with a point; cells that are empty are left out.

    Raises a 422 problem when there is no usable header.
    """
    rows = []
    for row in read_table(body, HEADERS, needed=("article_number", "amount")):
        row |= {name: number(row[name], decimal_mark) for name in NUMBERS if name in row}
        row |= {name: known.get(row[name].strip().lower(), row[name]) for name, known in WORDS.items() if name in row}
        if "currency" in row:
            row["currency"] = row["currency"].strip().upper()
        rows.append({name: cell for name, cell in row.items() if cell != "" or name == "amount"})
    return rows
