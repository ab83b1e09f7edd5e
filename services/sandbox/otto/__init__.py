"""A seller's account at OTTO Market, as its Partner API shows it."""
