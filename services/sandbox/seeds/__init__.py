"""The pretend merchant's goods, customers and order history: the same content on every run."""

from services.sandbox.seeds.cases import CASES
from services.sandbox.seeds.catalogue import articles, many, products
from services.sandbox.seeds.everyday import baskets, case, plain

__all__ = ["CASES", "articles", "baskets", "case", "many", "plain", "products"]
