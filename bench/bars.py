"""How a measurement is told: a table for people, and one line of JSON for machines."""

import json
from dataclasses import dataclass
from typing import Final, Literal

HOME_QUERIES: Final = 6
"""How often a home page may ask the database, beside once for each panel."""
PANELS_AT_HOME: Final = {"echevine": 13, "spoc": 13, "lead": 15, "director": 10}
"""How many panels each role's home may show: one that leaves itself out has asked whether there is anything to say."""


@dataclass(frozen=True)
class Bar:
    """A measured value and the bar it is held against; `sense` says on which side of it is good."""

    name: str
    value: float
    bar: float
    sense: Literal["at least", "at most"]

    @property
    def is_met(self) -> bool:
        """Whether the value is on the good side."""
        return self.value >= self.bar if self.sense == "at least" else self.value <= self.bar


def tell(bars: list[Bar]) -> int:
    """Print the table and, as the last line, the JSON; return the exit code: 1 when a bar is missed."""
    width = max(len(bar.name) for bar in bars)
    for bar in bars:
        verdict = "ok" if bar.is_met else "MISSED"
        print(f"{bar.name:<{width}}  {bar.value:8.3f}  {bar.sense} {bar.bar:g}  {verdict}")
    found = {bar.name: {"value": round(bar.value, 4), "bar": bar.bar, "ok": bar.is_met} for bar in bars}
    print(json.dumps({"bars": found}))
    return 0 if all(bar.is_met for bar in bars) else 1
