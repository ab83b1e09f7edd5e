"""eBay: Sell Fulfillment, Sell Inventory, Post-Order and Notification APIs."""
