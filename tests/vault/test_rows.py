import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondlens.domain.clinical import Composition, Condition, OtherResource
from secondlens.domain.coding import Coding
from secondlens.domain.kinds import KINDS
from secondlens.domain.receipt import Ending
from secondlens.domain.record import Kept, Record
from secondlens.domain.when import When
from secondlens.vault import Vault
from secondlens.vault.rows import UnreadableRecord, read_body, row_of
from tests.vault.making import fingerprint

records = st.sampled_from(KINDS).flatmap(st.from_type)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_reads_back_as_it_was_written(kind: type[Record]) -> None:
    @given(st.from_type(kind))
    @settings(max_examples=25)
    def reads_back(record: Record) -> None:
        row = row_of(Kept("id", 1, "now", record))
        assert read_body(row[3], row[2], row[6]) == record

    reads_back()


@given(written=st.lists(records, max_size=4), content=st.binary(max_size=20))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_kept_is_listed_unchanged_and_is_the_same_next_time(
    vault: Vault, written: list[Record], content: bytes
) -> None:
    kept = [vault.add(record) for record in written]
    assert [vault.get(one.id).record for one in kept] == written
    vault.keep("f", content, fingerprint(content), written)
    assert vault.keep("f", content, fingerprint(content), written) == (Ending.SAME,) * len(written)


def test_fields_of_a_newer_version_are_passed_over() -> None:
    body = json.dumps({"title": "Migraine", "codes": [], "aura": {"kind": "visual"}})
    assert read_body("Condition", "Condition", body) == Condition(title="Migraine")


def test_fields_an_older_version_did_not_write_take_their_defaults() -> None:
    assert read_body("Condition", "Condition", '{"title": "Migraine"}') == Condition(title="Migraine")


def test_a_kind_of_a_newer_version_is_shown_with_what_all_records_share() -> None:
    body = '{"title":"Gut diary","codes":[["odd"]],"start":{"text":"2026"},"depth":3}'
    with pytest.raises(UnreadableRecord):
        read_body("GutDiary", "GutDiary", body)
    body = body.replace('[["odd"]]', '[{"system":null,"code":"x"}]')
    assert read_body("GutDiary", "GutDiary", body) == OtherResource(
        title="Gut diary", codes=(Coding(None, "x"),), start=When("2026"), resource_type="GutDiary"
    )


@pytest.mark.parametrize("body", ["", "[]", "null", '{"title":7}', "{", '{"codes":[]}'])
@pytest.mark.parametrize("shape", ["Condition", "Unheard"])
def test_a_body_that_is_no_record_is_damage_in_words(shape: str, body: str) -> None:
    with pytest.raises(UnreadableRecord, match="cannot be read"):
        read_body(shape, "Condition", body)


def test_text_with_a_nul_is_kept_and_found(vault: Vault) -> None:
    record = Composition(title="Letter", text="before\0after")
    kept = vault.add(record)
    assert vault.get(kept.id).record == record
    (found,) = vault.search("after")
    assert (found.kept, "\0" in found.excerpt) == (kept, False)
