"""Free TCP ports on the loopback interface."""

import random
import socket

from services.ops.local.failure import Unavailable

# Below Linux' range for outgoing connections (32768-60999), so that no client takes a server's port while it restarts.
_RANGE = range(20000, 32000)


def port_is_free(port: int) -> bool:
    """Whether a server could listen on `port` of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """`count` different free ports. Raises `Unavailable` when the range is exhausted."""
    found: list[int] = []
    for port in random.sample(_RANGE, len(_RANGE)):
        if port_is_free(port):
            found.append(port)
            if len(found) == count:
                return found
    raise Unavailable(f"No {count} free ports between {_RANGE.start} and {_RANGE.stop} on 127.0.0.1.")
