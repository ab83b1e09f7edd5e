"""What a merchant decides about the orders of a connection. Pure: an order and rules in, decisions and reasons out."""
