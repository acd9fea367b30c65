from hypothesis import given
from hypothesis import strategies as st

from secondlens.content import all_texts, to_html


def test_paragraphs_lists_and_stress_are_rendered() -> None:
    assert to_html("Hello *you*\n\n- one\n- two") == (
        "<p>Hello <em>you</em></p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
    )


def test_html_is_shown_as_text() -> None:
    assert "<script" not in to_html("<script>alert(1)</script>\n\nHi <b onclick=x>there</b>")


def test_links_and_pictures_lead_nowhere() -> None:
    out = to_html("[a](javascript:alert) ![b](c.png) <d:e> [f][g]\n\n[g]: h")
    assert "href" not in out
    assert "src" not in out


@given(st.text(alphabet=st.sampled_from("<>&\"'[]()!`*_#-+ \nab:/=&;{}|\\~")))
def test_no_text_makes_a_tag_with_an_attribute(text: str) -> None:
    tags = to_html(text).split("<")[1:]
    assert all("=" not in tag.partition(">")[0] for tag in tags)


def test_every_text_of_ours_renders() -> None:
    assert all(to_html(text.body).startswith("<") for text in all_texts() if text.body)
