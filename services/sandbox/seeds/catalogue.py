"""What the pretend merchant sells, and which of it his own system knows."""

import zlib
from decimal import Decimal

from services.sandbox.merchant import Product, Variant

NORMAL = Decimal("0.19")
REDUCED = Decimal("0.07")

UNKNOWN_SKU = "NEU-9001"
"""Listed in the shops, not yet an article of the merchant's system."""
SHARED_SKU = "KR-4001"
"""Two variants of one product carry this number."""
PADDED_SKU = " KR-1004 "
"""Typed with blanks; without them it would be a known article."""
DELETED_SKU = "KR-5001"
"""A known article whose product was taken out of the shops."""
GIFT_CARD_SKU = "GUTSCHEIN-50"
DEPOSIT_SKU = "PFAND-025"
EBOOK_SKU = "KR-6001"
PATTERN_SKU = "KR-6002"
PREORDER_SKU = "KR-6003"
FREE_SKU = "KR-6004"

# number, title, gross price, tax rate
SIMPLE: tuple[tuple[str, str, str, Decimal], ...] = (
    ("KR-1001", "Emaillebecher weiß", "9.90", NORMAL),
    ("KR-1002", "Brotdose Edelstahl", "24.90", NORMAL),
    ("KR-1003", "Notizbuch A5 liniert", "12.50", NORMAL),
    ("KR-1004", "Notizbuch A6 kariert", "8.95", NORMAL),
    ("KR-1005", "Füllfederhalter „Anna“", "39.00", NORMAL),
    ("KR-1006", "Tintenfass Königsblau 30 ml", "6.49", NORMAL),
    ("KR-1007", "Wachstuchtasche klein", "17.99", NORMAL),
    ("KR-1008", "Geschirrtuch Leinen", "14.95", NORMAL),
    ("KR-1009", "Holzlöffel Olive", "7.77", NORMAL),
    ("KR-1010", "Schneidebrett Eiche", "34.90", NORMAL),
    ("KR-1011", "Teekanne Gusseisen 1,2 l", "59.00", NORMAL),
    ("KR-1012", "Teesieb fein", "4.99", NORMAL),
    ("KR-1013", "Kerze Bienenwachs 20 cm", "11.90", NORMAL),
    ("KR-1014", "Streichhölzer XL", "2.95", NORMAL),
    ("KR-1015", "Wanduhr „Bahnhof“", "79.00", NORMAL),
    ("KR-1016", "Taschenmesser Buche", "29.90", NORMAL),
    ("KR-1017", "Picknickdecke 150 × 200 cm", "44.50", NORMAL),
    ("KR-1018", "Thermosflasche 0,75 l", "32.00", NORMAL),
    ("KR-1019", "Regenschirm Automatik", "27.95", NORMAL),
    ("KR-1020", "Schuhcreme farblos", "5.95", NORMAL),
    ("KR-1021", "Schuhbürste Rosshaar", "9.49", NORMAL),
    ("KR-1022", "Kleiderbügel 6er-Satz", "21.00", NORMAL),
    ("KR-1023", "Vorratsglas 1 l", "6.90", NORMAL),
    ("KR-1024", "Kräutertopf Terrakotta", "8.25", NORMAL),
    ("KR-1025", "Gießkanne Zink 5 l", "36.90", NORMAL),
    ("KR-1026", "Handspaten", "18.75", NORMAL),
    ("KR-1027", "Vogelhaus Lärche", "49.00", NORMAL),
    ("KR-1028", "Laterne Messing", "64.95", NORMAL),
    ("KR-1029", "Postkarten-Set (10 Stück)", "9.99", NORMAL),
    ("KR-1030", "Geschenkpapier Bogen", "1.99", NORMAL),
    ("KR-2001", "Assam FTGFOP 250 g", "11.80", REDUCED),
    ("KR-2002", "Earl Grey 100 g", "6.20", REDUCED),
    ("KR-2003", "Espresso Bohnen 1 kg", "22.90", REDUCED),
    ("KR-2004", "Filterkaffee mild 500 g", "9.95", REDUCED),
    ("KR-2005", "Waldhonig 500 g", "8.40", REDUCED),
    ("KR-2006", "Zartbitterschokolade 85 %", "3.33", REDUCED),
    ("KR-2007", "Haferkekse", "3.79", REDUCED),
    ("KR-2008", "Olivenöl nativ extra 0,5 l", "13.50", REDUCED),
    ("KR-2009", "Meersalz grob", "4.10", REDUCED),
    ("KR-2010", "Kochbuch „Einfach gut“", "28.00", REDUCED),
    ("KR-2011", "Bildband „Nordsee“", "49.95", REDUCED),
    ("KR-2012", "Roman „Der Kiosk“", "14.00", REDUCED),
    ("KR-3001", "Apfelschorle Kasten 12 × 0,7 l", "15.48", NORMAL),
    (EBOOK_SKU, "E-Book „Der Kiosk“ (EPUB)", "9.99", REDUCED),
    (PATTERN_SKU, "Schnittmuster Schürze (PDF)", "6.50", NORMAL),
    (PREORDER_SKU, "Jahreskalender, erscheint im Herbst", "19.90", NORMAL),
    (FREE_SKU, "Katalog, kostenlos", "0.00", NORMAL),
    (GIFT_CARD_SKU, "Geschenkgutschein 50 €", "50.00", Decimal(0)),
    (UNKNOWN_SKU, "Neuheit: Brieföffner", "16.90", NORMAL),
    ("", "Handmuster ohne Nummer", "13.00", NORMAL),
    (PADDED_SKU, "Notizbuch A6 kariert, Altbestand", "7.95", NORMAL),
)

# key, title, gross price, option names, per variant: number, option values
VARIABLE: tuple[tuple[str, str, str, tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    (
        "schuerze",
        "Schürze",
        "34.90",
        ("Farbe",),
        (("KR-7001", ("Blau",)), ("KR-7002", ("Grün",)), ("KR-7003", ("Natur",))),
    ),
    (
        "hemd",
        "Arbeitshemd",
        "59.90",
        ("Größe", "Farbe"),
        (
            ("KR-7101", ("S", "Blau")),
            ("KR-7102", ("M", "Blau")),
            ("KR-7103", ("L", "Blau")),
            ("KR-7104", ("S", "Grau")),
            ("KR-7105", ("M", "Grau")),
            ("KR-7106", ("L", "Grau")),
        ),
    ),
    (
        "socken",
        "Wollsocken",
        "12.95",
        ("Größe",),
        (("KR-7201", ("36-39",)), ("KR-7202", ("40-43",)), ("KR-7203", ("44-47",))),
    ),
    (
        "ring",
        "Armreif mit Gravur",
        "89.00",
        ("Material",),
        (("KR-7301", ("Silber",)), ("KR-7302", ("Messing",))),
    ),
    ("tasse", "Tasse „Duo“", "13.90", ("Motiv",), ((SHARED_SKU, ("Anker",)), (SHARED_SKU, ("Möwe",)))),
)


def ean(number: int) -> str:
    """A GTIN-13 with a valid check digit from a running number below 100 000."""
    digits = f"4006381{number:05d}"
    odd, even = sum(map(int, digits[0::2])), sum(map(int, digits[1::2]))
    return digits + str(-(odd + 3 * even) % 10)


def products() -> tuple[Product, ...]:
    """The shops' catalogue: single products and products with variants."""
    singles = [
        Product(
            key=sku.strip() + ("-alt" if sku != sku.strip() else "") or "handmuster",
            title=title,
            variants=(Variant(sku, title, Decimal(price), rate, ean(index) if sku else None, stock=300 + index % 37),),
        )
        for index, (sku, title, price, rate) in enumerate(SIMPLE, start=100)
    ]
    families = [
        Product(
            key=key,
            title=title,
            variants=tuple(
                Variant(
                    sku,
                    f"{title} - {', '.join(values)}",
                    Decimal(price),
                    NORMAL,
                    None if sku == SHARED_SKU else ean(500 + 20 * family + index),
                    stock=250 + 3 * index,
                    options=tuple(zip(names, values, strict=True)),
                )
                for index, (sku, values) in enumerate(variants)
            ),
        )
        for family, (key, title, price, names, variants) in enumerate(VARIABLE)
    ]
    return tuple(singles + families)


def articles() -> tuple[Variant, ...]:
    """The merchant's own article list: every number once, without what only the shops know."""
    only_in_shops = {UNKNOWN_SKU, PADDED_SKU, ""}
    listed = {
        variant.sku: variant
        for product in products()
        for variant in product.variants
        if variant.sku not in only_in_shops
    }
    gone = Variant(DELETED_SKU, "Auslaufmodell: Petroleumlampe", Decimal("42.00"), NORMAL, ean(900), stock=0)
    deposit = Variant(DEPOSIT_SKU, "Pfand 0,25 €", Decimal("0.25"), NORMAL, None, stock=0)
    return (*listed.values(), gone, deposit)


def many(count: int, prefix: str, variants: int = 0) -> tuple[Product, ...]:
    """`count` simple products for load, numbered `<prefix>-000001` onwards; or each with that many `variants`, whose
    numbers end in `-01` onwards."""
    # Prefixes keep apart in the five digits that are left for a number, as far as they go.
    first = zlib.crc32(prefix.encode()) % 100_000
    found = []
    for number in range(1, count + 1):
        sku, title, pieces = f"{prefix}-{number:06d}", f"Artikel {prefix} {number}", []
        for size in range(1, variants + 1) or (0,):
            code = ean((first + (number - 1) * max(variants, 1) + size) % 100_000)
            own = (f"{sku}-{size:02d}", f"{title} - {size}", (("Größe", str(size)),)) if size else (sku, title, ())
            pieces.append(Variant(own[0], own[1], Decimal("9.90"), ean=code, stock=size, options=own[2]))
        found.append(Product(key=sku.lower(), title=title, variants=tuple(pieces)))
    return tuple(found)
