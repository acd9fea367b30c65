"""Make the golden vault of the newest format: it is committed once for each format and must open for ever.

python -m tests.vault.make_golden 2
"""

import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pyrage

from secondlens.domain.clinical import AllergyIntolerance, Condition, MedicationStatement, OtherResource, Reaction
from secondlens.domain.coding import SNOMED, Coding
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.when import When
from secondlens.vault import LEAST_COST, Vault, create_vault
from tests.vault.making import PASSPHRASE, fingerprint, results, samples

FIXTURES = Path(__file__).parents[1] / "fixtures" / "vault"
HELPERS_PASSPHRASE = "seven quiet herons walking"
CONTENT = b"An original file, as it came.\n"


def make(number: int) -> None:
    """Write format-N.vault and, beside it, what must be read from it."""
    new = create_vault(FIXTURES / f"format-{number}.vault", PASSPHRASE, cost=LEAST_COST)
    with new.vault as vault:
        _fill(vault)
        identity = pyrage.x25519.Identity.generate()
        vault.add_person(str(identity.to_public()), label="Ada, my sister")
        vault.add_passphrase(HELPERS_PASSPHRASE, label="Ben, who helps me", whose="helper", cost=LEAST_COST)
        vault.rotate(PASSPHRASE, new.recovery_code, cost=LEAST_COST)
        vault.add_passphrase(HELPERS_PASSPHRASE, label="Ben, who helps me", whose="helper", cost=LEAST_COST)
        told = expected(vault) | {
            "passphrase": PASSPHRASE,
            "recovery_code": new.recovery_code,
            "identity": str(identity),
            "helpers_passphrase": HELPERS_PASSPHRASE,
        }
    (FIXTURES / f"format-{number}.json").write_bytes(msgspec.json.format(msgspec.json.encode(told)) + b"\n")


def expected(vault: Vault) -> dict[str, object]:
    """All that a vault says about what it holds."""
    kept = list(vault.list())
    readings = [one for series in vault.series() for one in vault.readings(series.metric)]
    return msgspec.to_builtins(  # type: ignore[no-any-return]
        {
            "kept": [
                {"id": one.id, "version": one.version, "kind": one.record.kind, "record": one.record}
                for one in kept
            ],
            "histories": {one.id: vault.history(one.id) for one in kept},
            "documents": vault.documents(),
        }
        # Before format 5, sources were not listed and imports had no names.
        | ({"tellings": {one.id: vault.tellings(one.id) for one in kept}} if vault.imports() else {})
        | ({"imports": vault.imports()} if vault.imports() else {})
        # Formats 1 and 2 had none.
        | ({"series": vault.series(), "days": vault.days(), "readings": readings} if readings else {})
    )


def _fill(vault: Vault) -> None:
    migraine = vault.add(
        Condition(title="Migraine", codes=(Coding(SNOMED, "37796009", "Migraine"),), start=When("2019"))
    )
    vault.revise(migraine.id, replace(migraine.record, start=When("2018-11")), why="found the letter")
    vault.add(
        AllergyIntolerance(
            title="Penicillin", reactions=(Reaction(manifestation="rash", severity="mild"),), negated=True
        )
    )
    vault.add(MedicationStatement(title="Magnesium", dose=Quantity("400", "mg"), timing="every evening"))
    vault.add(OtherResource(title="Plan", resource_type="CarePlan", text="Walk a little."))
    vault.remove(vault.add(Condition(title="Entered by mistake")).id, why="mistake")
    vault.keep("results.json", CONTENT, fingerprint(CONTENT), results(CONTENT, 3), media_type="application/json")
    later = CONTENT * 2
    vault.keep("later.json", later, fingerprint(later), results(later, 2, "6.1"))
    export = CONTENT * 3
    pulses = samples((0, 60, 62.5), (3600, 3660, 71.0), (40 * 86400, 40 * 86400, 58.0))
    nights = samples((7200, 9000, "AsleepCore"), (9000, 9600, "Awake"), metric="SleepAnalysis")
    vault.keep_file("export.xml", export, fingerprint(export), (pulses, nights), run="watch")
    elsewhere = CONTENT * 4
    vault.keep("elsewhere.json", elsewhere, fingerprint(elsewhere), _told_again(elsewhere))
    mistaken = CONTENT * 5
    more = samples((86400, 86400, 99.0))
    vault.keep_file(
        "mistaken.xml", mistaken, fingerprint(mistaken), (*results(mistaken, 1, "9"), more), run="mistake"
    )
    vault.take_back("mistake")


def _told_again(content: bytes) -> list[Record]:
    """The first two results as another portal numbers them."""
    return [
        replace(result, identifiers=(f"urn:elsewhere:{place}",), note="from elsewhere")
        for place, result in enumerate(results(content, 2))
    ]


if __name__ == "__main__":
    make(int(sys.argv[1]))
