"""Articles as products: looked up, made or changed with all that they refer to, withdrawn."""

from services.connectors.shopware6.sending.products.telling import products, products_again

__all__ = ["products", "products_again"]
