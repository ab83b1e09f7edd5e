"""A seller's account at Kaufland Global Marketplace: Seller API v2 below `/kaufland/<account>/v2`.

Written from the platform's published description and pages; in its own field names.
"""
