"""What a query costs, after the published rules: scalars nothing, objects 1, connections by their size, mutations 10.

The size of a connection grows more slowly than its page: a query for 250 variants with their inventory items is shown
with 25 points in the developers' forum, and Microsoft's connector notes 7 for 20 members of staff. Half as much again
as the binary logarithm meets both. Money and page information are counted as values, not objects.
"""

import math

MUTATION = 10
MOST = 1000
"""Points that one query may ask for."""

FREE = frozenset({"MoneyBag", "MoneyV2", "PageInfo", "Count", "Attribute"})


def weight(type_name: str) -> int:
    return 0 if type_name in FREE or type_name.endswith(("Connection", "Edge")) else 1


def size(asked: int) -> int:
    """How many objects a connection of `asked` nodes counts for."""
    return max(1, math.ceil(1.5 * math.log2(asked))) if asked else 0
