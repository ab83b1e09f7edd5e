"""Kaufland Global Marketplace: Seller API v2."""
