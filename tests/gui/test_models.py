"""Every item model of the window keeps what Qt demands of one, filled, changed and emptied; none is forgotten here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from pytestqt.modeltest import ModelTester

from stabilitydl import gui
from stabilitydl.domain.kept import Kept
from stabilitydl.domain.states import State, Tab
from stabilitydl.errors import Problem
from stabilitydl.gui.collection_groups import CollectionFilter, Grouping
from stabilitydl.gui.collection_tree_model import CollectionTreeModel
from stabilitydl.gui.forecast import Forecast
from stabilitydl.gui.kept_table_model import KeptTableModel
from stabilitydl.gui.line_problem_list_model import LineProblemListModel
from stabilitydl.gui.plan_model import PlanModel
from stabilitydl.gui.plan_table_model import PlanTableModel
from stabilitydl.gui.resource_index import Column, Query
from stabilitydl.gui.resource_table_model import ResourceTableModel
from stabilitydl.hubs.registry import Registry
from tests.gui.plan_samples import forecast
from tests.gui.samples import every_state, moved, pack, progress, tick

Life = Callable[[QAbstractItemModel], None]


def collections(model: QAbstractItemModel) -> None:
    assert isinstance(model, CollectionTreeModel)
    packs = [pack(number, f"Pack {number}", {State.MISSING: number}, type=f"{number % 3}") for number in range(9)]
    model.load(packs)
    for grouping in Grouping:
        model.group_by(grouping)
    for which in CollectionFilter:
        model.show(which)
    model.load(packs[::2])
    model.load([])


def children(model: QAbstractItemModel) -> None:
    assert isinstance(model, ResourceTableModel)
    rows = every_state()
    model.load(rows)
    for tab in Tab:
        model.show(Query(tab=tab))
        model.apply([moved(0, State.MISSING, State.QUEUED), moved(0, State.QUEUED, State.DOWNLOADING)])
        model.apply([tick(progress(0))])
        model.apply([moved(0, State.DOWNLOADING, State.MISSING)])
    for column in Column:
        model.sort(column, Qt.SortOrder.DescendingOrder)
    model.load(rows[:3])
    model.load([])
    model.close()


def plan(model: QAbstractItemModel) -> None:
    assert isinstance(model, PlanTableModel)
    model.load(PlanModel(forecast()))
    model.toggle(range(model.rowCount()))
    model.refresh()
    model.load(PlanModel(Forecast()))


def kept(model: QAbstractItemModel) -> None:
    assert isinstance(model, KeptTableModel)
    wrong = Problem("checksum-mismatch")
    model.load([Kept(path=f"/q/{n}", size=n, name=f"{n}", resource=f"{n}", problem=wrong) for n in range(5)])
    model.load([Kept(path="/q/0", size=1, name="left")])
    model.retranslate()
    model.load([])


def problems(model: QAbstractItemModel) -> None:
    from stabilitydl.gui.locator_lines import Judge

    assert isinstance(model, LineProblemListModel)
    model.load(Judge(Registry.standard().find).read("nonsense\nmore\n").problems)
    assert model.rowCount() == 2
    model.load(())


MODELS: dict[type[QAbstractItemModel], Life] = {
    CollectionTreeModel: collections,
    ResourceTableModel: children,
    PlanTableModel: plan,
    LineProblemListModel: problems,
    KeptTableModel: kept,
}


@pytest.mark.parametrize("kind", list(MODELS), ids=lambda kind: kind.__name__)
def test_it_is_a_proper_model_all_its_life(
    qapp: object, qtmodeltester: ModelTester, kind: type[QAbstractItemModel]
) -> None:
    model = kind()  # type: ignore[abstract]
    qtmodeltester.check(model)
    MODELS[kind](model)
    assert model.rowCount() == 0


def test_no_model_is_forgotten() -> None:
    for module in pkgutil.iter_modules(gui.__path__):
        importlib.import_module(f"{gui.__name__}.{module.name}")
    found, left = set(), [QAbstractItemModel]
    while left:
        for kind in left.pop().__subclasses__():
            left.append(kind)
            if kind.__module__.startswith(f"{gui.__name__}."):
                found.add(kind)
    bases = {base for kind in found for base in kind.__mro__[1:]}
    assert found - bases == set(MODELS)
