"""`python -m services.ops`: the operator's commands."""

from services.ops.main import app

app()
