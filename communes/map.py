"""The map of the 19 as SVG paths, computed once from the checked-in boundaries.

Plate carrée with the scale of a degree of longitude at 50.84° north: over 20 km nobody sees the difference.
Coordinates are whole units of the drawing, about 26 m each; the same formula places the numbers.
"""

import csv
import json
import math
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from communes.models import Commune

DATA: Final = Path(__file__).resolve().parent / "data"
SCALE: Final = 4300
SQUEEZE: Final = math.cos(math.radians(50.84))
WEST, NORTH, MARGIN = 4.2435, 50.9150, 6
SMALLEST_RING: Final = 4
"""Points; a ring of fewer is a crumb of the simplification."""

OWN_STEP, OTHER_STEP = 4, 1
"""Steps of the map's one hue."""

Point = tuple[int, int]


class Shape(NamedTuple):
    """One commune drawn: the `d` of its path, and the point where its number stands."""

    path: str
    x: int
    y: int


class Drawing(NamedTuple):
    """The whole map: the viewBox and the shapes by NIS code."""

    box: str
    shapes: dict[str, Shape]


class Area(NamedTuple):
    """A commune on the map, linked to its page; `step` is a class of colour, m0 to m4."""

    commune: Commune
    number: int
    shape: Shape
    step: int


class Picture(NamedTuple):
    """What the template draws."""

    box: str
    areas: list[Area]
    has_own: bool


def picture(communes: Sequence[Commune], own: Collection[str] = ()) -> Picture:
    """Return the map of these communes, numbered as in the list beside it; the reader's own are dark."""
    drawn = drawing()
    areas = [
        Area(commune, number, drawn.shapes[commune.nis], OWN_STEP if commune.nis in own else OTHER_STEP)
        for number, commune in enumerate(communes, start=1)
    ]
    return Picture(drawn.box, areas, bool(own))


@cache
def drawing() -> Drawing:
    """Return the map; the files are read once for each process."""
    features = json.loads((DATA / "communes.geojson").read_text(encoding="utf-8"))["features"]
    rings = {str(feature["properties"]["nis"]): list(_rings(feature["geometry"])) for feature in features}
    points = [point for outline in rings.values() for ring in outline for point in ring]
    box = f"0 0 {max(x for x, _ in points) + MARGIN} {max(y for _, y in points) + MARGIN}"
    labels = _labels()
    return Drawing(
        box, {nis: Shape("".join(map(_path, outline)), *labels[nis]) for nis, outline in rings.items()}
    )


def _labels() -> dict[str, Point]:
    with (DATA / "communes.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["nis"]: _place(float(row["label_lon"]), float(row["label_lat"]))
            for row in csv.DictReader(lines)
        }


def _rings(geometry: dict[str, Any]) -> Iterator[list[Point]]:
    """Yield the rings of a (multi)polygon in units of the drawing, without repeated points."""
    is_multi = geometry["type"] == "MultiPolygon"
    for polygon in geometry["coordinates"] if is_multi else [geometry["coordinates"]]:
        for ring in polygon:
            points: list[Point] = []
            for lon, lat in ring[:-1]:
                point = _place(lon, lat)
                if not points or point != points[-1]:
                    points.append(point)
            if len(points) >= SMALLEST_RING:
                yield points


def _place(lon: float, lat: float) -> Point:
    return round((lon - WEST) * SQUEEZE * SCALE) + MARGIN, round((NORTH - lat) * SCALE) + MARGIN


def _path(ring: Sequence[Point]) -> str:
    """Return a closed outline as relative steps, the shortest way to write it."""
    steps = [f"{x - left} {y - top}" for (left, top), (x, y) in pairwise(ring)]
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps).replace(' -', '-')}z"
