"""Shopify (Admin GraphQL)."""
