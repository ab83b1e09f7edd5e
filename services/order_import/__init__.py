"""The order book: takes orders in, judges them, hands them to the internal systems, reports shipments back."""
