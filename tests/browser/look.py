"""Pictures of pages for people to look at; no test depends on them."""

import os
from pathlib import Path

from playwright.sync_api import Page


def take(page: Page, name: str) -> None:
    """Write NAME.png of the whole page into the folder named by SECONDLENS_LOOK; without it do nothing."""
    folder = os.environ.get("SECONDLENS_LOOK")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)
