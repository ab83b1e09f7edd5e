"""Which accounts exist: connections, their credentials, features and modes; and the API keys."""
