"""The words people read, as checked files: Markdown with a TOML head, one file each, and words.toml.

Nothing is read before it is asked for, and then it is read once.
"""

from secondlens.content._checks import all_texts, check
from secondlens.content._devices import DeviceFile, Measurable, device_files, device_tables, measurable
from secondlens.content._html import to_html
from secondlens.content._laboratory import (
    laboratory_names,
    laboratory_sources,
    laboratory_tests,
    laboratory_units,
    loinc_notice,
)
from secondlens.content._loading import (
    conversation_blanks,
    conversations,
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
from secondlens.content._metrics import Metrics, MetricWord, metrics
from secondlens.content._reading import BadContent
from secondlens.content._suggestions import Suggestions, suggestions
from secondlens.content._texts import (
    Blank,
    Branch,
    Conversation,
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
from secondlens.content._tone import tone
from secondlens.content._words import GapWord, KindWord, Label, StepWord, Words, words

__all__ = [
    "BadContent",
    "Blank",
    "Branch",
    "Conversation",
    "DeviceFile",
    "EmergencyNumber",
    "EvidenceCard",
    "GapWord",
    "Guide",
    "KindWord",
    "Label",
    "Measurable",
    "MetricWord",
    "Metrics",
    "QuestionFile",
    "QuestionText",
    "RedFlagCard",
    "Reply",
    "ScriptFile",
    "ScriptText",
    "Source",
    "StepWord",
    "Suggestions",
    "Text",
    "Words",
    "all_texts",
    "check",
    "conversation_blanks",
    "conversations",
    "device_files",
    "device_tables",
    "emergency_numbers",
    "emergency_sources",
    "evidence",
    "guides",
    "laboratory_names",
    "laboratory_sources",
    "laboratory_tests",
    "laboratory_units",
    "loinc_notice",
    "measurable",
    "metrics",
    "question_files",
    "questions",
    "red_flags",
    "script_files",
    "scripts",
    "sources",
    "suggestions",
    "to_html",
    "tone",
    "words",
]
