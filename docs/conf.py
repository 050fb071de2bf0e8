"""How Sphinx builds the documentation: ``make docs`` writes it to build/docs."""

import re
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

_REPOSITORY = Path(__file__).parents[1]
_PROJECT = tomllib.loads((_REPOSITORY / "pyproject.toml").read_text())["project"]
# files at the top of the repository that are pages too
_TOP_FILES = {"changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md", "security-policy": "SECURITY.md"}

project = "crypto-news-monitor"
author = copyright = "the authors of crypto-news-monitor"  # noqa: A001 - Sphinx's name
version = release = _PROJECT["version"]

extensions = ["myst_parser"]
root_doc = "index"
nitpicky = True

myst_heading_anchors = 3
myst_links_external_new_tab = False

html_theme = "furo"
html_title = f"crypto-news-monitor {version}"
html_copy_source = False
html_show_sphinx = False
html_css_files = ["tables.css"]
html_static_path = ["static"]
highlight_language = "text"


def _read_top_files(_app: Sphinx, page: str, source: list[str]) -> None:
    """Fill the page of a file at the top of the repository, and let links to such files lead to pages."""
    text = source[0]
    if page in _TOP_FILES:
        text = (_REPOSITORY / _TOP_FILES[page]).read_text().replace("](docs/", "](")
        text = re.sub(r"\]\((?=[A-Z]+\.md)", "](../", text)
    for name, file in _TOP_FILES.items():
        text = re.sub(rf"\]\(((?:\.\./)*)\.\./{re.escape(file)}", rf"](\1{name}.md", text)
    folder = (Path(__file__).parent / page).parent
    for link, title, target in re.findall(r"(\[([^\]]+)\]\((\.\./[^)#\s]+)\))", text):
        if (folder / target).is_dir():  # a site has no page for a folder of the repository
            text = text.replace(link, title)
    if page == "index":  # a pattern without a page would be a warning
        patterns = re.findall(r"(?m)^[\w/]+\*$", text)
        for pattern in patterns:
            if not list(Path(__file__).parent.glob(f"{pattern}.md")):
                text = text.replace(f"{pattern}\n", "")
    source[0] = text


def setup(app: Sphinx) -> None:
    """Connect the function above."""
    app.connect("source-read", _read_top_files)
