"""One operator's Mirakl as its seller API shows it: orders, offers, stock imports, shipments, in Mirakl's own words.

Written from the published OpenAPI description of the seller API. What an operator decides is an option of the shop.
"""
