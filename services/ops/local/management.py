"""RabbitMQ's management API, as much of it as we need: who answers, and virtual hosts of our own."""

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from services.ops.local.failure import Unavailable


@dataclass(frozen=True)
class Management:
    """One broker's management API. `url` carries the credentials."""

    url: str

    @property
    def user(self) -> str:
        return unquote(urlsplit(self.url).username or "guest")

    def version(self) -> str:
        """RabbitMQ's version. Raises `Unavailable` when nobody answers or the credentials are refused."""
        return str(self._request("GET", "/api/overview")["rabbitmq_version"])

    def has_vhost(self, name: str) -> bool:
        return any(vhost["name"] == name for vhost in self._request("GET", "/api/vhosts"))

    def create_vhost(self, name: str) -> None:
        """Create the virtual host and let our user do everything in it."""
        self._request("PUT", f"/api/vhosts/{quote(name, safe='')}", {})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._request("PUT", f"/api/permissions/{quote(name, safe='')}/{quote(self.user, safe='')}", everything)

    def delete_vhost(self, name: str) -> None:
        self._request("DELETE", f"/api/vhosts/{quote(name, safe='')}")

    def _request(self, method: str, path: str, body: object = None) -> Any:
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=15)
        credentials = base64.b64encode(f"{self.user}:{unquote(parts.password or 'guest')}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        where = f"RabbitMQ's management API at {parts.hostname}:{parts.port or 80}"
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, f"{parts.path.rstrip('/')}{path}", content, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"{where} does not answer: {error}.") from error
        finally:
            connection.close()
        if answer.status == 401:
            raise Unavailable(f"{where} refuses the user {self.user}. Correct the password in the address.")
        if answer.status >= 400 and not (method == "DELETE" and answer.status == 404):
            raise Unavailable(
                f"{where} refused {method} {path}: {answer.status} {text.decode(errors='replace')[:200]}."
            )
        try:
            return json.loads(text) if text and method == "GET" else None
        except ValueError as error:
            raise Unavailable(f"{where} answered something that is not RabbitMQ's: {text[:80]!r}.") from error
