"""The first doctor's letter as a person would scan it at home: a little crooked, grey and grainy."""

from io import BytesIO
from random import Random

from PIL import Image

from secondlens.domain.when import When
from secondlens.sample.pdf_file import compile_template, letterhead
from secondlens.sample.story.people import DR_EXAMPLE, DR_PLACEHOLDER, MARK, PRACTICE, RHEUMATOLOGY
from secondlens.sample.story.visits import LETTER, LETTER_DAY

_PIXELS_PER_INCH = 150
_PAPER_GREY = 236


def scanned_letter(seed: int = 7) -> bytes:
    """The letter as a grey JPEG, one A4 page at 150 pixels an inch."""
    facts = {
        "clinic": letterhead(RHEUMATOLOGY),
        "to": letterhead(PRACTICE) | {"name": f"{DR_PLACEHOLDER.name}, {PRACTICE.name}"},
        "date": When(LETTER_DAY).plain(),
        "dear": f"Dr {DR_PLACEHOLDER.family}",
        "paragraphs": LETTER,
        "signed": DR_EXAMPLE.name,
        "specialty": DR_EXAMPLE.specialty,
    }
    page = Image.open(BytesIO(compile_template("letter.typ", facts, "png", _PIXELS_PER_INCH)))
    return _as_jpeg(_scanned(page.convert("L"), Random(seed)))  # noqa: S311 - grain, not a secret


def _scanned(page: Image.Image, random: Random) -> Image.Image:
    paper = page.point(lambda level: level * _PAPER_GREY // 255 + 12)
    turned = paper.rotate(random.uniform(0.6, 1.1), resample=Image.Resampling.BICUBIC, fillcolor=_PAPER_GREY + 12)
    grain = Image.frombytes("L", turned.size, random.randbytes(turned.width * turned.height))
    return Image.blend(turned, grain, 0.07)


def _as_jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=55, dpi=(_PIXELS_PER_INCH, _PIXELS_PER_INCH), comment=MARK)
    return out.getvalue()
