"""Whatever is wrong with a call, it is answered by an RFC 9457 problem that names the field; every route, from its
document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.journey.api_document import Operation, operations
from tests.journey.system import System


@dataclass
class Counter:
    """Somebody with every right who fills the forms in wrongly."""

    http: httpx2.Client
    keys: Mapping[str, str]
    routes: list[Operation]

    def call(self, route: Operation, path: str = "", **how: Any) -> httpx2.Response:
        """A call with a key that suffices; path parameters get ids that nobody has."""
        names = {name: str(uuid4()) if _is_id(route, name) else "1" for name in route.path_names}
        key = self.keys["service" if route.role == "service" else "admin"]
        headers = {"Authorization": f"Bearer {key}"} | how.pop("headers", {})
        return self.http.request(route.method, path or route.filled(names), headers=headers, **how)


def _is_id(route: Operation, name: str) -> bool:
    return route.path_schema(name).get("format") == "uuid"


@pytest.fixture(scope="module")
def counter(running_system: System) -> Iterator[Counter]:
    running_system.heal()
    keys = {role: running_system.key(f"{role} who errs", role) for role in ("admin", "service")}
    http = httpx2.Client(base_url=running_system.stage.addresses.origin, timeout=60)
    routes = [one for one in operations(running_system.kontor) if not one.path.startswith("/hooks/")]
    yield Counter(http, keys, routes)
    http.close()


def problem(answer: httpx2.Response, status: int, route: object) -> dict[str, Any]:
    assert answer.status_code == status, f"{route}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json", route
    found: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "code", "detail"} <= found.keys(), route
    assert found["status"] == status
    assert "{" not in found["detail"], route
    return found


def test_a_field_that_nobody_knows_is_named(counter: Counter) -> None:
    routes = [route for route in counter.routes if isinstance(route.body(), dict)]
    assert len(routes) > 15
    for route in routes:
        answer = counter.call(route, json=route.body() | {"surprise": 1}, params=route.required_query())
        assert "surprise" in problem(answer, 422, route)["field"], route


def test_a_body_that_is_no_json_is_refused(counter: Counter) -> None:
    routes = [route for route in counter.routes if route.body_schema is not None]
    assert len(routes) > 20
    for route in routes:
        answer = counter.call(
            route, content=b'{"half": ', headers={"Content-Type": "application/json"}, params=route.required_query()
        )
        problem(answer, 422, route)


def test_a_field_of_the_wrong_kind_is_named(counter: Counter) -> None:
    tried = 0
    for route in counter.routes:
        body = route.body()
        for name in body if isinstance(body, dict) else ():
            answer = counter.call(
                route, json=body | {name: {"neither": ["text", "nor"]}}, params=route.required_query()
            )
            if answer.status_code == 422 and answer.json()["code"] == "request_invalid":
                assert name in problem(answer, 422, route)["field"], route
                tried += 1
    assert tried > 10


def test_an_id_that_is_none_is_named(counter: Counter) -> None:
    tried = 0
    for route in counter.routes:
        for wrong in [name for name in route.path_names if _is_id(route, name)]:
            names = {name: str(uuid4()) if _is_id(route, name) else "1" for name in route.path_names} | {wrong: "no-id"}
            answer = counter.call(route, route.filled(names), json=route.body(), params=route.required_query())
            assert problem(answer, 422, route)["field"] == wrong, route
            tried += 1
    assert tried > 20


@pytest.mark.parametrize("limit", ["0", "501", "-1", "1000000000", "many"])
def test_a_page_of_an_impossible_size_is_refused(counter: Counter, limit: str) -> None:
    routes = [route for route in counter.routes if route.query("limit")]
    assert len(routes) > 10
    for route in routes:
        answer = counter.call(route, params=route.required_query() | {"limit": limit})
        assert problem(answer, 422, route)["field"] == "limit", route


@pytest.mark.parametrize("after", ["nonsense", "W10=", "WzEsMl0=", "WyJcdTAwMDAiLCAiYSJd", "eyJhIjogMX0="])
def test_a_bookmark_that_we_did_not_make_is_refused(counter: Counter, after: str) -> None:
    routes = [route for route in counter.routes if route.query("after")]
    assert len(routes) > 8
    for route in routes:
        answer = counter.call(route, params=route.required_query() | {"after": after})
        if answer.status_code != 404 and answer.status_code != 200:
            assert problem(answer, 422, route)["field"] == "after", route


def test_text_that_no_database_takes_is_no_defect(counter: Counter) -> None:
    for route in counter.routes:
        names = [name for name in route.query_names if (route.query(name) or {}).get("type", "string") == "string"]
        for name in names:
            answer = counter.call(route, params=route.required_query() | {name: "a\x00b\ud83d"[:3]}, json=route.body())
            assert answer.status_code < 500, f"{route} {name}: {answer.status_code} {answer.text}"


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(counter: Counter) -> None:
    route = next(route for route in counter.routes if str(route) == "PUT /inventory/articles")
    answer = counter.call(route, content=b" " * 5_000_001, headers={"Content-Type": "application/json"})
    problem(answer, 413, route)


def test_an_address_that_does_not_exist_is_a_problem_too(counter: Counter) -> None:
    for path in ("/orders/no/such/address", "/nowhere", "/connections/internal/x/y/z"):
        answer = counter.http.get(path, headers={"Authorization": f"Bearer {counter.keys['admin']}"})
        assert problem(answer, 404, path)["code"] == "route_unknown"


@pytest.mark.parametrize(("language", "word"), [("de", "Bitte"), ("en", "Please"), ("fr,de;q=0.5", "Bitte")])
def test_problems_speak_the_callers_language(counter: Counter, language: str, word: str) -> None:
    answer = counter.http.get("/orders", headers={"Accept-Language": language})
    assert word in problem(answer, 401, "GET /orders")["advice"]
