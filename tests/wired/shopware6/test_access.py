"""Getting in: tokens that end, the brake on wrong attempts, rights that are missing, refusals that never end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from services.connectors.shopware6.connector import SHOPWARE6
from services.sandbox.faults import Rule
from shared.connector_kit.outside import Outside, recorded
from shared.contracts.errors import Misconfigured, Rejected, Transient
from shared.http.guard import Guard
from shared.http.limits import Bucket
from tests.wired.contract.shops.shopware6 import VARIETIES
from tests.wired.contract.stand import HOST, Stand, open_stand
from tests.wired.contract.test_pushes import articles

LIMITED = replace(VARIETIES[0], credentials=lambda shop, url: {"url": url, **shop.read_only_credentials()})


def asked(stand: Stand, path: str) -> int:
    return sum(1 for row in stand.opened.requests.report(2000)["latest"] if path in row["path"])


async def test_one_token_serves_many_calls_though_it_lives_for_ten_minutes_only(stand: Stand) -> None:
    for _ in range(5):
        await stand.items()
    assert asked(stand, "/oauth/token") == 1


async def test_a_token_that_ended_early_is_replaced_once_and_the_call_repeated(stand: Stand) -> None:
    await stand.items()
    stand.shop.store.door.expire()
    await stand.items()
    assert asked(stand, "/oauth/token") == 2
    stand.sandbox.clock.shift(timedelta(seconds=606))
    await stand.items()
    assert asked(stand, "/oauth/token") == 3


async def test_wrong_credentials_are_tried_once_and_not_in_a_loop(stand: Stand) -> None:
    wrong = open_stand(VARIETIES[0], SHOPWARE6, app=stand.app, wrong=True)
    with pytest.raises(Misconfigured) as caught:
        await wrong.items()
    assert (caught.value.code, caught.value.field) == ("credentials_refused", "secret_access_key")
    assert asked(stand, "/oauth/token") == 1


async def test_a_door_closed_by_others_opens_after_the_seconds_the_body_names(stand: Stand) -> None:
    for _ in range(10):
        wrong = open_stand(VARIETIES[0], SHOPWARE6, app=stand.app, wrong=True)
        with pytest.raises(Misconfigured):
            await wrong.connector.probe(wrong.client)
    before = stand.sandbox.clock()
    assert (await SHOPWARE6.probe(stand.client)).ok
    assert timedelta(seconds=10) <= stand.sandbox.clock() - before < timedelta(seconds=60)
    statuses = [row["status"] for row in stand.opened.requests.report(50)["latest"] if "token" in row["path"]]
    assert statuses[-2:] == [429, 200]


async def test_no_key_no_secret_and_no_token_is_written_down(stand: Stand) -> None:
    with recorded() as calls:
        await stand.items()
    shown = "".join(str(vars(exchange)) for exchange in calls)
    (token,) = stand.shop.store.door._tokens
    assert shown
    for secret in (token, stand.shop.credentials()["secret_access_key"]):
        assert secret not in shown


async def test_a_right_to_read_that_is_missing_is_named_and_stops_the_connection() -> None:
    variety = replace(LIMITED, options={"lacking": ("order_line_item:read", "tag:read")})
    opened = open_stand(variety, SHOPWARE6)
    result = await SHOPWARE6.probe(opened.client)
    fatal = [finding for finding in result.findings if finding.fatal]
    assert [(one.code, one.field) for one in fatal] == [("scope_missing", "order_line_item:read, tag:read")]
    assert not result.ok
    await opened.close()


async def test_rights_to_write_that_are_missing_are_named_with_what_stops_without_them() -> None:
    opened = open_stand(LIMITED, SHOPWARE6)
    result = await SHOPWARE6.probe(opened.client)
    assert result.ok
    *others, articles, graded = result.findings
    assert articles.params["detail"] == "articles cannot be sent"
    assert graded.params["detail"] == "prices by quantity and of groups of customers cannot be sent"
    assert graded.field.startswith("product_price:create, ")
    assert {one.field: one.params["detail"] for one in others} == {
        "product:update": "stock cannot be sent",
        "order_delivery:update": "shipments cannot be reported",
        "order:update": "orders cannot be cancelled",
        "order_transaction:update": "open payments of cancelled orders stay open",
        "document:create": "documents cannot be sent",
        "document:update": "documents cannot be sent",
        "document_type:read": "documents cannot be sent",
    }
    await opened.close()


async def test_an_integration_that_may_not_look_at_itself_is_connected_all_the_same() -> None:
    opened = open_stand(replace(LIMITED, options={"lacking": ("integration:read",)}), SHOPWARE6)
    result = await SHOPWARE6.probe(opened.client)
    assert (result.ok, result.findings) == (True, [])
    await opened.close()


async def test_a_write_without_the_right_is_the_merchants_to_mend() -> None:
    opened = open_stand(LIMITED, SHOPWARE6)
    id = next(iter(await opened.items("article")))
    with pytest.raises(Misconfigured) as caught:
        await opened.client.set_stock([{"id": id, "stock": 1}])
    assert (caught.value.code, caught.value.field) == ("scope_missing", "product:update")
    await opened.close()


@pytest.mark.parametrize(
    ("version", "ok"), [("6.4.20.2", False), ("6.5.3.3", True), ("6.6.10.0", True), ("6.7.10.1", True)]
)
async def test_the_version_is_read_and_one_too_old_is_not_connected(version: str, ok: bool) -> None:
    opened = open_stand(replace(VARIETIES[0], options={"version": version}), SHOPWARE6)
    result = await SHOPWARE6.probe(opened.client)
    assert (result.ok, result.facts["version"]) == (ok, version)
    assert [one.code for one in result.findings] == ([] if ok else ["version_too_old"])
    await opened.close()


async def test_without_tls_it_works_and_is_said() -> None:
    opened = open_stand(replace(VARIETIES[0], scheme="http"), SHOPWARE6)
    result = await SHOPWARE6.probe(opened.client)
    assert [(one.code, one.fatal) for one in result.findings] == [("not_encrypted", False)]
    await opened.close()


async def test_a_server_error_that_is_a_refusal_is_asked_once_and_another_one_again(stand: Stand) -> None:
    await stand.client.version()
    stand.opened.requests.clear()
    with pytest.raises(Rejected) as caught:
        await stand.client.search("order", {"limit": 1, "associations": {"positions": {}}})
    assert caught.value.params["platform_code"] == "FRAMEWORK__ASSOCIATION_NOT_FOUND"
    assert asked(stand, "/search/order") == 1
    stand.opened.faults.add(Rule("error_500", times=2, path_contains="/search/order"))
    assert await stand.client.search("order", {"limit": 1}) == []
    assert asked(stand, "/search/order") == 4


async def test_a_delivery_that_is_gone_is_a_refusal_though_the_shop_calls_it_its_own_error(stand: Stand) -> None:
    with pytest.raises(Rejected) as caught:
        await stand.client.put_delivery("0" * 32, {"trackingCodes": ["T"]})
    assert caught.value.params["platform_code"] == "FRAMEWORK__WRITE_TYPE_INTEND_ERROR"


@pytest.mark.parametrize("data", [None, {}, "text"])
async def test_an_answer_in_another_shape_is_not_taken_for_an_empty_shop(data: Any) -> None:
    answer = {"access_token": "token", "expires_in": 600, "data": data}
    server = httpx2.MockTransport(lambda request: httpx2.Response(200, json=answer))
    outside = Outside(Bucket(SHOPWARE6.limit), Guard(allow=frozenset({HOST})), transport=server)
    given = {"url": f"https://{HOST}", "access_key": "SWIAKEY", "secret_access_key": "a-secret-of-the-shop"}
    client = SHOPWARE6.client(SHOPWARE6.credentials.model_validate(given), outside)
    with pytest.raises(Transient):
        await client.search("order", {"limit": 1})
    await outside.close()


async def test_a_role_that_may_not_read_images_reads_articles_without_them_and_nothing_stops() -> None:
    opened = open_stand(LIMITED, SHOPWARE6)
    assert [one for one in (await SHOPWARE6.probe(opened.client)).findings if one.fatal] == []
    (variant,) = await articles(opened, "KR-7102")
    assert variant.content is not None
    assert variant.content.head is not None
    assert (variant.content.media, variant.content.categories, variant.content.manufacturer) == ((), (), "")
    assert "aus dem Kramladen" in variant.content.description
    await opened.close()
