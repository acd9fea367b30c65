"""Rules that every template keeps."""

import re
from pathlib import Path

import pytest

from secondlens.web import rendering

TEMPLATES = sorted((Path(rendering.__file__).parent / "templates").rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_form_lets_the_browser_keep_what_is_typed(template: Path) -> None:
    """Chromium writes what stands in a form into its profile, in clear, to bring it back after a crash."""
    forms = re.findall(r"<form\b[^>]*>", template.read_text(encoding="utf-8"))
    assert [form for form in forms if 'autocomplete="off"' not in form] == []
