"""Who may carry a parcel, in the platform's spelling, and whether he is a haulier."""

CARRIERS = {
    "DHL": False,
    "DHL Express": False,
    "Deutsche Post": False,
    "DPD": False,
    "GLS": False,
    "Hermes": False,
    "UPS": False,
    "FedEx": False,
    "Packeta": False,
    "InPost": False,
    "Cargo International": True,
    "DB Schenker": True,
    "Dachser": True,
    "Rhenus": True,
    "Other": False,
    "Other Hauler": True,
}
WITHOUT_NUMBER = ("Other", "Other Hauler")
