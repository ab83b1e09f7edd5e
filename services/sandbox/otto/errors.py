"""How the Partner API says no: `{"errors": [...]}`, each entry with a reference for its support."""

from typing import Any
from uuid import uuid4

from fastapi.responses import JSONResponse


class ApiError(Exception):
    """Becomes the answer. `json_path` names the field of the request that is meant."""

    def __init__(self, status: int, title: str, detail: str = "", json_path: str = "", path: str = "") -> None:
        super().__init__(detail or title)
        self.status, self.title, self.detail, self.json_path, self.path = status, title, detail, json_path, path

    def entry(self, path: str) -> dict[str, Any]:
        found = {"path": self.path or path, "title": self.title, "detail": self.detail or self.title}
        return found | ({"jsonPath": self.json_path} if self.json_path else {}) | {"logref": str(uuid4())}

    def answer(self, path: str) -> JSONResponse:
        return JSONResponse({"errors": [self.entry(path)]}, self.status)


def not_found(what: str) -> ApiError:
    return ApiError(404, "RESOURCE_NOT_FOUND", f"{what} does not exist.")
