"""The one-machine runtime: finds or provides PostgreSQL and RabbitMQ without touching what it did not make.

Each server has its own ladder of rungs (see `postgres.py` and `rabbitmq.py`); the highest rung that holds is used and
the report says which one it is. Everything this package makes lies in `.local` of the project folder.
"""

from services.ops.local.failure import Unavailable
from services.ops.local.servers import Running, Servers, down, provide, reset, start

__all__ = ["Running", "Servers", "Unavailable", "down", "provide", "reset", "start"]
