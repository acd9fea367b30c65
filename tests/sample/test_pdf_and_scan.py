from io import BytesIO

import pypdfium2
from PIL import Image, ImageChops, ImageStat

from secondlens.sample.story.laboratory import LAST_DRAW, TESTS


def report_lines(sample_bytes: dict[str, bytes]) -> list[str]:
    pages = pypdfium2.PdfDocument(sample_bytes["nora-sample-laboratory-report.pdf"])
    assert len(pages) == 1
    return str(pages[0].get_textpage().get_text_bounded()).splitlines()


def test_the_report_prints_every_value_beside_its_test(sample_bytes: dict[str, bytes]) -> None:
    lines = report_lines(sample_bytes)
    for key, value in LAST_DRAW.values:
        assert any(line.startswith(f"{TESTS[key].name} {value}") for line in lines), key
    assert any("Nora Sample" in line and "3 November 2026" in line for line in lines)


def test_flags_and_ranges_are_the_laboratorys_own(sample_bytes: dict[str, bytes]) -> None:
    lines = report_lines(sample_bytes)
    assert "Urine protein/creatinine ratio 468 H mg/g < 150" in lines
    assert "Complement C4 6.9 L mg/dL 10.0 - 40.0" in lines
    assert "Creatinine 0.86 mg/dL 0.50 - 1.00" in lines


def test_the_letter_is_a_grey_page_as_a_scanner_gives_it(sample_bytes: dict[str, bytes]) -> None:
    page = Image.open(BytesIO(sample_bytes["nora-sample-scanned-letter.jpg"]))
    assert (page.format, page.mode, page.size) == ("JPEG", "L", (1240, 1754))
    page.load()
    margin = page.crop((20, 20, 1220, 90))
    assert 200 < ImageStat.Stat(margin).mean[0] < 250
    assert ImageStat.Stat(margin).stddev[0] > 1


def test_the_letter_lies_a_little_crooked(sample_bytes: dict[str, bytes]) -> None:
    page = Image.open(BytesIO(sample_bytes["nora-sample-scanned-letter.jpg"]))
    ink = page.point(lambda level: 255 if level < 110 else 0)
    # The ruled line under the letterhead: its left end lies lower than its right end.
    left, right = ink.crop((150, 215, 300, 260)), ink.crop((900, 215, 1050, 260))
    left_box, right_box = left.getbbox(), right.getbbox()
    assert left_box
    assert right_box
    assert left_box[1] - right_box[1] >= 5
    assert ImageChops.difference(left, right).getbbox()
