"""Who is in the heart clinic's bundle: Nora, the doctors, the clinic and the laboratory."""

from secondlens.sample._fhir_elements import Resource, address, concept, resource, telecom
from secondlens.sample.story.people import NORA, Clinic, Doctor


def patient() -> Resource:
    """Nora, as the clinic has her on file."""
    return resource(
        "Patient",
        "nora",
        active=True,
        name=[{"use": "official", "text": NORA.name, "family": NORA.family, "given": [NORA.given]}],
        telecom=telecom(NORA.phone),
        gender="female",
        birthDate=NORA.birth,
        address=address(NORA.address),
        communication=[
            {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en-US"}], "text": "English"}}
        ],
    )


def organization(clinic: Clinic) -> Resource:
    """A clinic or laboratory."""
    return resource(
        "Organization",
        clinic.key,
        name=clinic.name,
        telecom=telecom(clinic.phone),
        address=address(clinic.address),
    )


def practitioner(doctor: Doctor) -> Resource:
    """A doctor."""
    return resource(
        "Practitioner",
        doctor.key,
        name=[{"text": doctor.name, "family": doctor.family, "given": [doctor.given], "prefix": ["Dr"]}],
        telecom=telecom(doctor.clinic.phone),
        qualification=[{"code": concept(doctor.specialty)}],
    )
