"""Amazon: a seller's marketplaces behind the Selling Partner API."""
