"""`new-connector`: a small connector that works, as the place to begin from."""

import keyword
import re
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from services.ops.screen import say, stop
from services.ops.target import ROOT

TEMPLATES = Path(__file__).parent / "connector_template"
SLUG = re.compile(r"[a-z][a-z0-9]{1,29}")
TITLE = re.compile(r"[^\s\"\\$](?:[^\"\\$\n]{0,38}[^\s\"\\$])?")
# In containers a connector's slug is its host name, and these are taken.
TAKEN = frozenset({"connections", "connectors", "features", "front", "inventory", "journal", "migrate", "orders",
                   "postgres", "rabbitmq", "sandbox", "shared", "services", "tests"})  # fmt: skip


def scaffold(root: Path, slug: str, title: str) -> list[Path]:
    """Writes a connector and its tests; answers the files. Raises ValueError before anything is written."""
    if not SLUG.fullmatch(slug) or keyword.iskeyword(slug) or slug in TAKEN:
        raise ValueError(f"{slug} cannot be a platform's name: 2 to 30 small letters and digits, no word that is taken")
    if not TITLE.fullmatch(title):
        raise ValueError('A title has 1 to 40 characters and none of " \\ $')
    folders = {
        "connector": root / "services" / "connectors" / slug,
        "tests": root / "tests" / "pure" / slug,
        "shops": root / "tests" / "wired" / "contract" / "shops",
    }
    words = {"slug": slug, "name": slug.upper(), "title": title}
    texts = {
        folders[template.parent.name] / template.name.removesuffix(".tmpl").replace("slug", slug): template
        for template in sorted(TEMPLATES.glob("*/*.tmpl"))
    }
    for path in (folders["connector"], folders["tests"], *texts):
        if path.exists():
            raise ValueError(f"{path.relative_to(root)} is there already")
    for path, template in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(template.read_text("utf-8")).substitute(words), "utf-8")
    return list(texts)


def new_connector(
    slug: Annotated[str, typer.Argument(help="The platform's name in addresses: small letters and digits.")],
    title: Annotated[str, typer.Option(help="The platform's name for people.")],
) -> None:
    """Begin a connector: every file, for a plain JSON API, with a golden pair. It works as it is."""
    try:
        written = scaffold(ROOT, slug, title)
    except ValueError as error:
        stop(f"{error}.")
    for path in written:
        say(str(path.relative_to(ROOT)))
    say(f"Next: services/connectors/README.md, from step 2. Begin with what {title} really calls things: wire.py.")
