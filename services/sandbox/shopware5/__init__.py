"""Shopware 5's REST API, as far as a shop is read through it: version, shops, orders, articles.

Written from its developer documentation (REST API, models) and its published status and position constants.
"""
