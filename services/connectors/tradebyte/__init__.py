"""Tradebyte TB.One (REST, XML)."""
