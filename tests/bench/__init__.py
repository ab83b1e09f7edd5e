"""`make bench`: how fast the whole way from a shop to the order book is on this machine, and where the time goes."""
