"""Every fact about the sample person, and the only home of each: the file writers hold none of their own.

Nobody here is real. Names carry a made-up word (Sample, Example, Placeholder, Model, Made-Up), telephone numbers
are from the 555-01xx range kept for fiction, and identifiers stand under HL7's own example arc.
"""
