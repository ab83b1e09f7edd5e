"""OTTO Market (Partner API)."""
