"""Shopware 5, read until its merchant has moved away."""
