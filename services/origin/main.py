"""The web process of one machine: every route under one address. With KONTOR_ORIGIN_LOOPS=yes the loops run here too,
which the in-process bus needs."""

import os

from services.origin.definitions import definitions
from shared.chassis.app import create_app

app = create_app(*definitions(), run_loops=os.environ.get("KONTOR_ORIGIN_LOOPS", "") == "yes")
