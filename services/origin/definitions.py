"""All services of this installation. Connectors are found in their folder; no list of platforms exists."""

from importlib import import_module
from pkgutil import iter_modules

import services.connectors
from services.connections.service import CONNECTIONS
from services.inventory.service import INVENTORY
from services.journal.service import JOURNAL
from services.order_import.service import ORDER_IMPORT
from shared.chassis.service import ServiceDefinition
from shared.connector_kit.declaration import Connector
from shared.connector_kit.service import connector_service

CENTRAL: tuple[ServiceDefinition, ...] = (CONNECTIONS, ORDER_IMPORT, INVENTORY, JOURNAL)


def connectors() -> tuple[Connector, ...]:
    """Every connector in `services/connectors`, by name."""
    found = []
    for module in iter_modules(services.connectors.__path__):
        names = vars(import_module(f"services.connectors.{module.name}.connector"))
        found += [value for value in names.values() if isinstance(value, Connector)]
    return tuple(found)


def definitions() -> tuple[ServiceDefinition, ...]:
    """Central services and connectors."""
    return (*CENTRAL, *(connector_service(connector) for connector in connectors()))


def named(*names: str) -> tuple[ServiceDefinition, ...]:
    """Some services by name; "connectors" and "central" stand for their groups. SystemExit for an unknown one."""
    central = {definition.name for definition in CENTRAL}
    chosen = []
    for definition in definitions():
        group = "central" if definition.name in central else "connectors"
        if definition.name in names or group in names:
            chosen.append(definition)
    known = {definition.name for definition in definitions()} | {"central", "connectors"}
    if unknown := set(names) - known:
        raise SystemExit(f"There is no service {', '.join(sorted(unknown))}. There are: {', '.join(sorted(known))}.")
    return tuple(chosen)
