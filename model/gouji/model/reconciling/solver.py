"""The exact solver: a component within reach as a constraint program for CP-SAT.

Every unit within reach chooses one layout, every slot of it one option; a change takes any amount
that is not listed. All amounts are integers and every equation holds exactly. One thread, a fixed
seed and deterministic time make the answer repeatable. Importing this module takes about a second,
and most tables need no solver: whoever uses it imports it then.
"""

from collections.abc import Collection, Iterable

from ortools.sat.python import cp_model

from gouji.model.reconciling.bounds import Reach
from gouji.model.reconciling.budget import Budget, OutOfTime
from gouji.model.reconciling.problem import (
    Component,
    Explanation,
    Option,
    Slot,
    Unit,
    price,
)
from gouji.model.reconciling.settings import ReconcilingSettings

_SHARE = 20
"""The part of a table's time after which any explanation that differs is good enough."""


class Solver:
    """Explanations of one component that cost less than the limit of its reach."""

    def __init__(
        self, component: Component, reach: Reach, settings: ReconcilingSettings, budget: Budget
    ) -> None:
        """Build the program; see `_Program` for its variables."""
        self._component = component
        self._settings = settings
        self._budget = budget
        self._program = _Program(component, reach)

    def cheapest(self) -> Explanation | None:
        """The cheapest explanation, or None if there is none below the limit.

        Between equal costs the one that deviates in fewer cells comes first, then the one that
        deviates in later cells: forms print a total after its parts, and a total alone is what
        people get wrong most easily.

        Raises:
            OutOfTime: it could not be found, or not be proved to be the cheapest.
        """
        self._program.minimise()
        return self._solve(self._budget.left)

    def another(self, explanation: Explanation, cells: Collection[str]) -> Explanation | None:
        """An explanation that differs from this one in many of the cells, None if none differs.

        Raises:
            OutOfTime: none could be found, and it could not be proved that there is none.
        """
        self._program.maximise_difference(explanation, cells)
        try:
            return self._solve(self._settings.solver_time / _SHARE)
        except OutOfTime as stopped:
            # Any explanation that differs will do; that another differs more need not be proved.
            return stopped.found or self._solve(self._budget.left)

    def limit(self, extra: int) -> None:
        """From now on allow only explanations that cost less than `extra`."""
        self._program.model.add(self._program.extra <= extra - 1)

    def exclude(self, explanation: Explanation, cells: Collection[str]) -> None:
        """From now on ask for another value than this explanation's in one of the cells."""
        self._program.model.add_bool_or(self._program.differences(explanation, cells))

    def _solve(self, allowance: float) -> Explanation | None:
        if self._budget.left <= 0:
            raise OutOfTime
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self._settings.seed
        solver.parameters.max_deterministic_time = min(allowance, self._budget.left)
        status = solver.solve(self._program.model)
        self._budget.left -= solver.response_proto.deterministic_time
        if status == cp_model.MODEL_INVALID:
            raise AssertionError(self._program.model.validate())
        if status == cp_model.INFEASIBLE:
            return None
        if status == cp_model.OPTIMAL:
            return self._program.explanation(solver)
        raise OutOfTime(self._program.explanation(solver) if status == cp_model.FEASIBLE else None)


class _Program:
    """Variables: a literal for each layout and each option, a whole number for each change."""

    def __init__(self, component: Component, reach: Reach) -> None:
        self.model = cp_model.CpModel()
        self._component = component
        self._reach = reach
        self._order = {cell: n for n, cell in enumerate(component.base)}
        self._amounts: dict[str, list[cp_model.LinearExprT]] = {}
        self._costs: list[cp_model.LinearExprT] = []
        self._ties: list[cp_model.LinearExprT] = []
        self._differs: dict[tuple[str, int], cp_model.IntVar] = {}
        for n, unit in enumerate(component.units):
            self._add_unit(unit, reach.spare.get(n))
        self.amount = {
            cell: cp_model.LinearExpr.sum(parts) for cell, parts in self._amounts.items()
        }
        for terms in component.equations:
            amounts = [weight * self.amount[cell] for weight, cell in terms]
            self.model.add(cp_model.LinearExpr.sum(amounts) == 0)
        self.extra = cp_model.LinearExpr.sum(self._costs)
        self.model.add(self.extra <= reach.limit - 1)

    def minimise(self) -> None:
        """Ask for the least extra, ties broken as `Solver.cheapest` says."""
        most = 3 * len(self._order) * max(1, len(self._ties))
        self.model.minimize((most + 1) * self.extra + cp_model.LinearExpr.sum(self._ties))

    def maximise_difference(self, explanation: Explanation, cells: Iterable[str]) -> None:
        """Ask for as many other values as possible, and for one at least."""
        literals = self.differences(explanation, cells)
        self.model.add_bool_or(literals)
        self.model.maximize(cp_model.LinearExpr.sum(literals))

    def differences(self, explanation: Explanation, cells: Iterable[str]) -> list[cp_model.IntVar]:
        """For each cell a literal that can only be true if its amount is another."""
        literals = []
        for cell in cells:
            amount = explanation.picks[cell].amount
            if (cell, amount) not in self._differs:
                literal = self.model.new_bool_var("")
                self.model.add(self.amount[cell] != amount).only_enforce_if(literal)
                self._differs[cell, amount] = literal
            literals.append(self._differs[cell, amount])
        return literals

    def explanation(self, solver: cp_model.CpSolver) -> Explanation:
        """The solution, priced anew from the readings."""
        amounts = {cell: int(solver.value(amount)) for cell, amount in self.amount.items()}
        found = price(self._component.units, amounts)
        if found is None:
            raise AssertionError("the solver chose an amount that a cell can't have")
        return found

    def _add_unit(self, unit: Unit, spare: int | None) -> None:
        """A unit out of reach keeps its cheapest choice and needs no variables."""
        if spare is None:
            for slot in unit.layouts[0].slots:
                self._amounts[slot.cell] = [slot.options[0].amount or 0]
            return
        near = [layout for n, layout in enumerate(unit.layouts) if n == 0 or layout.extra < spare]
        literals = [self.model.new_bool_var("") for _ in near]
        self.model.add_exactly_one(literals)
        for n, (layout, literal) in enumerate(zip(near, literals, strict=True)):
            self._costs.append(layout.extra * literal)
            if n:
                self._tie(layout.slots[-1], literal)
            for slot in layout.slots:
                self._add_slot(slot, literal, spare - layout.extra)

    def _add_slot(self, slot: Slot, chosen: cp_model.IntVar, spare: int) -> None:
        options = [
            option for n, option in enumerate(slot.options) if n == 0 or option.extra < spare
        ]
        literals = [chosen]
        if len(options) > 1:
            literals = [self.model.new_bool_var("") for _ in options]
            self.model.add(cp_model.LinearExpr.sum(literals) == chosen)
        parts = self._amounts.setdefault(slot.cell, [])
        for n, (option, literal) in enumerate(zip(options, literals, strict=True)):
            self._costs.append(option.extra * literal)
            if n:
                self._tie(slot, literal)
            if option.amount is None:
                parts.append(self._change(slot, option, literal))
            else:
                parts.append(option.amount * literal)

    def _change(self, slot: Slot, option: Option, literal: cp_model.IntVar) -> cp_model.IntVar:
        """Any amount that is not listed where the literal holds, else 0."""
        top = self._component.largest
        low = -top if slot.cell in self._component.signed else 0
        amount = self.model.new_int_var(low, top, "")
        self.model.add(amount == 0).only_enforce_if(~literal)
        listed = [o.amount for o in slot.options if o.amount is not None]
        if listed:
            others = cp_model.Domain(low, top).intersection_with(
                cp_model.Domain.from_values(listed).complement()
            )
            self.model.add_linear_expression_in_domain(amount, others).only_enforce_if(literal)
        return amount

    def _tie(self, slot: Slot, literal: cp_model.IntVar) -> None:
        """Price a deviation so that fewer come first, then those in later cells."""
        size = len(self._order)
        self._ties.append((3 * size - self._order[slot.cell]) * literal)
