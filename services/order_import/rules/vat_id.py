"""Whether a VAT id is well formed. Its form only: that it exists and whose it is, only the tax offices can say."""

import re

_FORMS = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}",
    "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}", "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}", "LT": r"\d{9}|\d{12}", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{9}B\d{2}", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}",
    "SI": r"\d{8}", "SK": r"\d{10}", "XI": r"\d{9}|\d{12}|GD\d{3}|HA\d{3}",
}  # fmt: skip
_FORM = {prefix: re.compile(form) for prefix, form in _FORMS.items()}
_FILLING = re.compile(r"[\s./-]+")


def prefix(country: str) -> str:
    """What a country's VAT ids begin with."""
    return "EL" if country == "GR" else country


def tidy(text: str, country: str) -> str:
    """The id in capitals without blanks, dots and dashes, with the prefix of `country` where it has none."""
    bare = _FILLING.sub("", text).upper()
    if bare.startswith("GR"):
        bare = "EL" + bare[2:]
    return bare if not bare or bare[:2] in _FORM else prefix(country) + bare


def is_well_formed(tidied: str) -> bool:
    """Whether the rest fits the form of the country that the prefix names; False for a country without VAT ids."""
    form = _FORM.get(tidied[:2])
    return form is not None and form.fullmatch(tidied[2:]) is not None
