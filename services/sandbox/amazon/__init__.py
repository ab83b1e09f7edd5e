"""A seller's account at Amazon, as the Selling Partner API shows it."""
