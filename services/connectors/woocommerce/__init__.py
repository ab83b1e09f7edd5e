"""WooCommerce (REST v3)."""
