"""What must be asked about a table before it can be read: the sentences of its receipt, known to both sides."""

COLUMNS_UNKNOWN = (
    "Secondlens does not know the columns of this table yet, so nothing of it was kept. "
    "Say once what they are. It is remembered for the next file."
)
ORDER_OPEN = (
    "The dates in this table can be read in two ways: 3/4 is in March or in April. Nothing of it was kept. "
    "Say which way is right."
)
DECIMALS_OPEN = (
    "The numbers in this table can be read in two ways: 1,234 is above a thousand or just above one. "
    "Nothing of it was kept. Say which way is right."
)
QUESTIONS = frozenset({COLUMNS_UNKNOWN, ORDER_OPEN, DECIMALS_OPEN})
