"""A seller's account at eBay: login, Sell Fulfillment, Inventory, Post-Order, Notification below `/ebay/<account>`.

Written from the platform's published descriptions and pages; in its own field names. All its hosts are one address
here.
"""
