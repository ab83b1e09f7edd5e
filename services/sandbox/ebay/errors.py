"""How eBay says no: a list of numbered errors, each with its domain and whom it blames."""

from typing import Any

from fastapi.responses import JSONResponse


class ApiError(Exception):
    """Becomes the answer. `id` is eBay's number of the error; `parameters` what it is about."""

    def __init__(
        self, status: int, id: int, domain: str, message: str, category: str = "REQUEST", **parameters: str
    ) -> None:
        super().__init__(message)
        self.status, self.id, self.domain, self.message, self.category = status, id, domain, message, category
        self.parameters = parameters

    def row(self) -> dict[str, Any]:
        return {
            "errorId": self.id,
            "domain": self.domain,
            "category": self.category,
            "message": self.message,
            "longMessage": self.message,
            "parameters": [{"name": name, "value": value} for name, value in self.parameters.items()],
        }

    def answer(self) -> JSONResponse:
        return JSONResponse({"errors": [self.row()]}, self.status)


def fulfillment(id: int, message: str, status: int = 400, category: str = "REQUEST") -> ApiError:
    return ApiError(status, id, "API_FULFILLMENT", message, category)


def inventory(id: int, message: str, status: int = 400, **parameters: str) -> ApiError:
    return ApiError(status, id, "API_INVENTORY", message, "REQUEST", **parameters)


def notification(id: int, message: str, status: int = 400) -> ApiError:
    return ApiError(status, id, "API_NOTIFICATION", message, "REQUEST")


def taxonomy(id: int, message: str, status: int = 400) -> ApiError:
    return ApiError(status, id, "API_TAXONOMY", message, "REQUEST")


def account(id: int, message: str, status: int = 400) -> ApiError:
    return ApiError(status, id, "API_ACCOUNT", message, "REQUEST")
