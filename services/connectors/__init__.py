"""One FastAPI service per platform; a connector is found by its name."""
