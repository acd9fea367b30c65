"""The words people read, as checked files: Markdown with a TOML head, one file each, and words.toml.

Nothing is read before it is asked for, and then it is read once.
"""

from secondlens.content._checks import all_texts, check
from secondlens.content._html import to_html
from secondlens.content._laboratory import (
    laboratory_names,
    laboratory_sources,
    laboratory_tests,
    laboratory_units,
    loinc_notice,
)
from secondlens.content._loading import (
    emergency_numbers,
    emergency_sources,
    evidence,
    guides,
    question_files,
    questions,
    red_flags,
    script_files,
    scripts,
    sources,
)
from secondlens.content._reading import BadContent
from secondlens.content._texts import (
    Blank,
    EmergencyNumber,
    EvidenceCard,
    Guide,
    QuestionFile,
    QuestionText,
    RedFlagCard,
    Reply,
    ScriptFile,
    ScriptText,
    Source,
    Text,
)
from secondlens.content._words import GapWord, KindWord, Label, StepWord, Words, words

__all__ = [
    "BadContent",
    "Blank",
    "EmergencyNumber",
    "EvidenceCard",
    "GapWord",
    "Guide",
    "KindWord",
    "Label",
    "QuestionFile",
    "QuestionText",
    "RedFlagCard",
    "Reply",
    "ScriptFile",
    "ScriptText",
    "Source",
    "StepWord",
    "Text",
    "Words",
    "all_texts",
    "check",
    "emergency_numbers",
    "emergency_sources",
    "evidence",
    "guides",
    "laboratory_names",
    "laboratory_sources",
    "laboratory_tests",
    "laboratory_units",
    "loinc_notice",
    "question_files",
    "questions",
    "red_flags",
    "script_files",
    "scripts",
    "sources",
    "to_html",
    "words",
]
