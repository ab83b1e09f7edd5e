"""Which project an order belongs to."""

from collections.abc import Iterable

from services.order_import.rules.facts import Facts
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Decision, Ruling
from shared.contracts.order import Order
from shared.contracts.reason import Reason


def project(order: Order, rules: OrderRules, facts: Facts) -> Ruling:
    """Tag, then sales channel, then standard, then the connection's own. Rows that lead nowhere park the order."""
    given = rules.projects
    tag = next((tag for tag in given.tags if tag in order.tags), None)
    if tag is not None:
        return _decided(given.tags[tag], f"projects.tags.{tag}", "project_by_tag", tag)
    if order.channel in given.sales_channels:
        name = given.sales_channels[order.channel]
        return _decided(name, f"projects.sales_channels.{order.channel}", "project_by_sales_channel", order.channel)
    if given.standard:
        return _decided(given.standard, "projects.standard", "project_standard")
    if facts.project:
        return _decided(facts.project, "connection.project", "project_of_connection")
    if given.tags or given.sales_channels:
        words = {"channel": order.channel or "–"}
        return Ruling(reasons=(Reason(code="project_not_found", field="channel", key=order.channel, params=words),))
    return Ruling()


def decided_project(decisions: Iterable[Decision]) -> str:
    """The project among an order's decisions; empty when there is none."""
    return next((decision.value for decision in decisions if decision.field == "project"), "")


def _decided(name: str, rule: str, code: str, word: str = "") -> Ruling:
    words = {"project": name} | ({"word": word} if word else {})
    return Ruling((Decision("project", name, rule, code, words),))
