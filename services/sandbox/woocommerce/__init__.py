"""A WooCommerce shop as its REST API v3 shows it: version 11.0, German settings, in the platform's own field names.

Written from the published documents and from answers of real shops (versions 4.9 to 11.0).
"""
