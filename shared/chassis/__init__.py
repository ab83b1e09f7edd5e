"""How a service stands up: settings, loops, consumers, relay, health, logs, problems, API keys, journal."""
