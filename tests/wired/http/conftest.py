from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture
def no_waiting() -> Iterator[None]:
    """Retries happen at once, as many as the client itself allows."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
