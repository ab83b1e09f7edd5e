"""Shopware 6 (Admin API)."""
