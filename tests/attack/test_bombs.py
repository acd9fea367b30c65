import pytest

from tests.attack.bombs import BOMBS, contained, wrong_with

# One of each sort; `python -m tests.attack.bombs` tries all of them.
QUICK = (
    "xml: a billion laughs",
    "xml: a million levels",
    "xml: 100,000 namespaces",
    "apple: laughs in the types",
    "zip: members on top of each other, 20 GB",
    "zip: a size that lies",
    "gzip: 1 GB of nothing",
    "json: 100,000 levels",
)


@pytest.mark.parametrize("name", QUICK)
def test_a_bomb_costs_its_reader_and_nobody_else(name: str) -> None:
    assert name in BOMBS
    assert wrong_with(contained(name)) == ""
