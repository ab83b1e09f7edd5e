"""Shopware 6 as the outside world has it: the Admin API of one shop, 6.5 to 6.7.

Written from Shopware's own documents and schema; it refuses what a shop refuses.
"""
