"""`/webhooks`: subscribing, looking whether a subscription still lives, switching it on again."""

from fastapi import APIRouter, Request, Response

from services.sandbox.woocommerce.api.answers import WordPressRoute, answer, body_of, dump, page_answer
from services.sandbox.woocommerce.errors import RestError
from services.sandbox.woocommerce.hooks import EVENTS, RESOURCES, STATUSES, Webhook
from services.sandbox.woocommerce.parameters import Paging, Parameters, php_query
from services.sandbox.woocommerce.store import Store


def _check_topic(topic: str) -> None:
    resource, _, event = topic.partition(".")
    if not (resource == "action" and event) and not (resource in RESOURCES and event in EVENTS):
        message = "Webhook topic must be valid."
        raise RestError("woocommerce_rest_shop_webhook_invalid_topic", message, 400)


def _check_address(address: str) -> None:
    if not address.startswith(("http://", "https://")):
        message = "Webhook delivery URL must be a valid URL starting with http:// or https://."
        raise RestError("woocommerce_rest_shop_webhook_invalid_delivery_url", message, 400)


def webhooks(store: Store) -> APIRouter:
    router = APIRouter(route_class=WordPressRoute)

    def find(webhook_id: int) -> Webhook:
        webhook = store.hooks.webhooks.get(webhook_id)
        if webhook is None:
            raise RestError("woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.", 404)
        return webhook

    @router.get("/webhooks")
    async def list_webhooks(request: Request) -> Response:
        given = Parameters(php_query(request.scope["query_string"]))
        paging = Paging.read(given)
        status = given.word("status", ("all", *STATUSES), "all")
        given.check()
        found = [
            webhook.shown(store.home)
            for webhook in reversed(store.hooks.webhooks.values())
            if status in ("all", webhook.status)
        ]
        shown = found[paging.start : paging.start + paging.per_page]
        return page_answer(request, [dump(item) for item in shown], len(found), paging)

    @router.post("/webhooks")
    async def create(request: Request) -> Response:
        given = await body_of(request)
        missing = [name for name in ("topic", "delivery_url") if not given.get(name)]
        if missing:
            words = f"Missing parameter(s): {', '.join(missing)}"
            raise RestError("rest_missing_callback_param", words, 400, params=missing)
        _check_topic(given["topic"])
        _check_address(given["delivery_url"])
        secret = given.get("secret") or "shop-default-secret"
        status = given.get("status", "active")
        webhook = store.hooks.subscribe(given.get("name", ""), given["topic"], given["delivery_url"], secret, status)
        return answer(webhook.shown(store.home), 201)

    @router.get("/webhooks/{webhook_id:int}")
    async def one(webhook_id: int) -> Response:
        return answer(find(webhook_id).shown(store.home))

    @router.api_route("/webhooks/{webhook_id:int}", methods=["PUT", "POST", "PATCH"])
    async def change(webhook_id: int, request: Request) -> Response:
        webhook = find(webhook_id)
        given = await body_of(request)
        if "topic" in given:
            _check_topic(given["topic"])
        if "delivery_url" in given:
            _check_address(given["delivery_url"])
        for name in ("name", "topic", "delivery_url", "secret", "status"):
            if given.get(name):
                setattr(webhook, name, given[name])
        if given.get("status") == "active":
            webhook.failures = 0
        webhook.modified_at = store.clock()
        return answer(webhook.shown(store.home))

    @router.delete("/webhooks/{webhook_id:int}")
    async def delete(webhook_id: int, request: Request) -> Response:
        webhook = find(webhook_id)
        if not Parameters(php_query(request.scope["query_string"])).flag("force"):
            raise RestError("woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.", 501)
        del store.hooks.webhooks[webhook_id]
        return answer(webhook.shown(store.home))

    return router
