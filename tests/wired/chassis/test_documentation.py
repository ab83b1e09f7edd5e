"""The pages that describe the API work wherever Kontor runs, a machine without a way to the internet included."""

import re

import httpx2
import pytest

from services.origin.definitions import definitions
from shared.chassis.app import create_app

PAGES = sorted(f"{prefix}/docs" for definition in definitions() for prefix in definition.routes)


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_of_the_api_brings_all_it_is_made_of(page: str) -> None:
    app = create_app(*definitions(), run_loops=False)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://kontor") as browser:
        html = (await browser.get(page)).text
        parts = re.findall(r'(?:src|href)="([^"]+)"', html)
        assert [part.rpartition(".")[2] for part in parts] == ["css", "png", "js"]
        for part in parts:
            answer = await browser.get(part)
            assert (answer.status_code, answer.url.host) == (200, "kontor")
            assert len(answer.content) > 1_000
