"""What travels between services: normalised models and messages. Knows only pydantic."""
