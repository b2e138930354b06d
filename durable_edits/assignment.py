"""Who gets what, at the least cost for all together: labels for fields, fields for values.

A sparse assignment problem, solved row by row along shortest augmenting paths (Jonker and Volgenant, 1987). A row may
stay without a column at the price `free`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

STEPS = 400_000  # edges looked at in one run, a third of a second; what is left then takes the cheapest that is free

Costs = Sequence[Mapping[int, float]]


def assigned(costs: Costs, free: float) -> list[int | None]:
    """For each row its column, or None where every column costs more than it is worth."""
    solver = _Solver(costs, free)
    for row in range(len(costs)):
        if solver.steps < STEPS:
            solver.place(row)
        else:
            solver.take(row)
    return solver.columns


class _Solver:
    def __init__(self, costs: Costs, free: float) -> None:
        self._costs = costs
        self._free = free
        self.steps = 0
        self.columns: list[int | None] = [None] * len(costs)
        self._rows: dict[int, int] = {}
        self._row_price = [0.0] * len(costs)
        self._column_price: dict[int, float] = defaultdict(float)

    def take(self, row: int) -> None:
        open_columns = [(cost, column) for column, cost in self._costs[row].items() if column not in self._rows]
        cost, column = min(open_columns, default=(self._free, -1))
        if cost < self._free:
            self.columns[row] = column
            self._rows[column] = row

    def place(self, start: int) -> None:
        reached: dict[int, float] = {}
        came_from: dict[int, int] = {}
        settled: dict[int, float] = {}
        heap: list[tuple[float, int]] = []
        row, low = start, 0.0
        without, leaver = float("inf"), start
        sink: int | None = None
        while True:
            self.steps += len(self._costs[row]) + 1
            for column, cost in self._costs[row].items():
                distance = low + cost - self._row_price[row] - self._column_price[column]
                if column not in settled and distance < reached.get(column, float("inf")):
                    reached[column] = distance
                    came_from[column] = row
                    heappush(heap, (distance, column))
            if (distance := low + self._free - self._row_price[row]) < without:
                without, leaver = distance, row
            while heap and heap[0][1] in settled:
                heappop(heap)
            if not heap or heap[0][0] >= without:
                low = without
                break
            low, column = heappop(heap)
            if column not in self._rows:
                sink = column
                break
            settled[column] = low
            row = self._rows[column]
        self._row_price[start] += low
        for column, distance in settled.items():
            self._row_price[self._rows[column]] += low - distance
            self._column_price[column] -= low - distance
        self._augment(start, sink, leaver, came_from)

    def _augment(self, start: int, sink: int | None, leaver: int, came_from: dict[int, int]) -> None:
        if sink is None:
            given_up = self.columns[leaver]
            self.columns[leaver] = None
            if leaver == start or given_up is None:
                return
            sink = given_up
        while True:
            row = came_from[sink]
            before = self.columns[row]
            self.columns[row] = sink
            self._rows[sink] = row
            if row == start or before is None:
                return
            sink = before
