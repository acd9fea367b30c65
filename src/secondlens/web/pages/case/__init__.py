"""The pages of a case: one file a step, each usable alone and in any order."""
