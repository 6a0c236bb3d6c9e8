"""How English writes months and weekdays, in full and cut short. Pure."""

from __future__ import annotations

from typing import Final

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Patterns; a month may be cut short, and a point may stand behind it.
MONTH: Final = "|".join(MONTHS)
WEEKDAY: Final = "|".join(WEEKDAYS)
ANY_MONTH: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_NUMBERS: Final = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}


def month_number(written: str) -> int | None:
    """The number of a month, in full or cut short, 1 to 12; None for what is none."""
    return _NUMBERS.get(written[:3].lower())
