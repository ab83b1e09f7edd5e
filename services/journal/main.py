"""The journal as a process of its own: `uvicorn services.journal.main:app`."""

from services.journal.service import JOURNAL
from shared.chassis.app import create_app

app = create_app(JOURNAL)
