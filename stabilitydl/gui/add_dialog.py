"""The dialog that takes locators, one on each line, and says which of them cannot be used while they are typed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ..domain.collection import Layout
from ..hubs.protocol import Destination
from ..text import plain
from .background import Background
from .dialog import Dialog
from .line_problem_list_model import LineProblemListModel
from .locator_edit import LocatorEdit
from .locator_lines import Judge, Reading, Recognise
from .qt import override
from .theme import SPACE, Appearance, mark
from .tr import fill, translate

_PAUSE_MS = 120
"""Typing has to rest for this long before the lines are read."""
_SHOWN_PROBLEMS = 4
_ITEM_MARGIN = 3
_NATIVE = QKeySequence.SequenceFormat.NativeText
_EXAMPLES = "https://civitai.com/models/12345\nhttps://huggingface.co/owner/name\n/home/me/models.txt"


class AddDialog(Dialog):
    """Collects locators and a destination; ``add_wanted`` carries them as a tuple of texts and a `Destination`.

    ``recognise`` is called in a thread; it raises StabilityError for what no hub takes. Nothing is asked of a hub
    and nothing starts here: what is wanted is shown as a plan first.
    """

    add_wanted = Signal(object, object)

    def __init__(
        self, recognise: Recognise, appearance: Appearance, destination: Destination, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._judge = Judge(recognise)
        self._library = destination
        self._reading = Reading()
        self._stop = threading.Event()
        self._eager = False
        self._background = Background("locators", self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._read)
        self._build(appearance)
        self._arrange()
        self.retranslate()
        self._show_reading()
        self.resize(640, 420)

    def _build(self, appearance: Appearance) -> None:
        self.title = QLabel()
        mark(self.title, kind="title")
        self.hint = QLabel()
        mark(self.hint, kind="secondary")
        self.hint.setWordWrap(True)
        self.editor = LocatorEdit(appearance)
        self.editor.textChanged.connect(self._typed)
        self.count = QLabel()
        self.trouble = QLabel()
        mark(self.trouble, kind="trouble")
        self.problems = QListView()
        self._lines = LineProblemListModel(self)
        self.problems.setModel(self._lines)
        self.problems.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.problems.setUniformItemSizes(True)
        # Items begin some pixels later than the words above them.
        self.problems.setViewportMargins(-_ITEM_MARGIN, 0, 0, 0)
        self.problems.setLayoutMode(QListView.LayoutMode.Batched)
        self.problems.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.problems.activated.connect(self._go_to)
        self.problems.clicked.connect(self._go_to)
        self.in_library = QRadioButton()
        self.in_folder = QRadioButton()
        self.in_library.setChecked(True)
        self._places = QButtonGroup(self)
        self._places.addButton(self.in_library)
        self._places.addButton(self.in_folder)
        self.folder = QLineEdit()
        self.folder.setEnabled(False)
        self.browse = QPushButton()
        self.browse.setEnabled(False)
        self.in_folder.toggled.connect(self.folder.setEnabled)
        self.in_folder.toggled.connect(self.browse.setEnabled)
        self.in_folder.toggled.connect(self._show_reading)
        self.folder.textChanged.connect(self._show_reading)
        self.browse.clicked.connect(self._choose_folder)
        self.open_list = QPushButton()
        self.open_list.clicked.connect(self._choose_list)
        self.cancel = QPushButton()
        self.cancel.clicked.connect(self.reject)
        self.accept_button = QPushButton()
        mark(self.accept_button, role="primary")
        self.accept_button.clicked.connect(self.accept)
        self.accept_button.setDefault(True)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)

    def _arrange(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(SPACE)
        words.addWidget(self.count)
        words.addWidget(self.trouble)
        words.addStretch(1)
        place = QHBoxLayout()
        place.setSpacing(SPACE)
        place.addWidget(self.in_folder)
        place.addWidget(self.folder, 1)
        place.addWidget(self.browse)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.open_list)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(SPACE)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addWidget(self.editor, 1)
        column.addLayout(words)
        column.addWidget(self.problems)
        column.addSpacing(4)
        column.addWidget(self.in_library)
        column.addLayout(place)
        column.addSpacing(4)
        column.addLayout(buttons)
        for before, after in (
            (self.editor, self.problems),
            (self.problems, self.in_library),
            (self.in_library, self.in_folder),
            (self.in_folder, self.folder),
            (self.folder, self.browse),
            (self.browse, self.open_list),
            (self.open_list, self.cancel),
            (self.cancel, self.accept_button),
        ):
            QWidget.setTabOrder(before, after)

    @property
    def reading(self) -> Reading:
        """What the lines say, as far as they have been read."""
        return self._reading

    @property
    def is_reading(self) -> bool:
        """Are there lines that have not been read yet?"""
        return self._timer.isActive() or self._background.is_busy

    @property
    def destination(self) -> Destination:
        """Where the files are to go."""
        if self.in_folder.isChecked():
            return Destination(Path(self.folder.text().strip()).expanduser().absolute(), Layout.FLAT)
        return self._library

    def set_text(self, text: str) -> None:
        """Replace all lines, as when something was pasted into the window."""
        self.editor.setPlainText("")
        self.editor.add_lines(text)

    @override
    def accept(self) -> None:
        """Hand over what can be used. Lines that have not been read yet are waited for."""
        if self.is_reading:
            self._eager = True
        elif self.accept_button.isEnabled():
            self.add_wanted.emit(self._reading.locators, self.destination)
            self._close()
            super().accept()

    @override
    def reject(self) -> None:
        self._close()
        super().reject()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._close()
        super().closeEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self._reading.problems:
            # Somebody may have gone to make the file that was missing.
            self._judge.forget_failures()
            self._typed()

    @override
    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle(translate("AddDialog", "Add"))
        self.title.setText(translate("AddDialog", "Add model pages and files"))
        self.hint.setText(
            translate("AddDialog", "One address on each line. You see a plan before anything is downloaded.")
        )
        self.editor.setPlaceholderText(_EXAMPLES)
        self.editor.setAccessibleName(translate("AddDialog", "Addresses, one on each line"))
        self.problems.setAccessibleName(translate("AddDialog", "Lines that cannot be used"))
        self.in_library.setText(translate("AddDialog", "Save to the library, sorted by type and collection"))
        self.in_library.setToolTip(plain(str(self._library.root), 4096))
        self.in_folder.setText(translate("AddDialog", "Save to this folder:"))
        self.folder.setAccessibleName(translate("AddDialog", "Folder"))
        self.browse.setText(translate("AddDialog", "Browse…"))
        self.open_list.setText(translate("AddDialog", "Add list file…"))
        self.open_list.setToolTip(translate("AddDialog", "A text file with addresses, a Metalink or checksum list"))
        self.cancel.setText(translate("AddDialog", "Cancel"))
        self.accept_button.setText(translate("AddDialog", "Show plan"))
        self.accept_button.setToolTip(
            fill(translate("AddDialog", "Show plan ({keys})"), keys=QKeySequence("Ctrl+Return").toString(_NATIVE))
        )
        self._lines.retranslate()
        self._show_reading()

    def _typed(self) -> None:
        self._eager = False
        self._stop.set()
        self._background.drop()
        self._timer.start()
        self._show_reading()

    def _read(self) -> None:
        text, judge = self.editor.toPlainText(), self._judge
        stop = self._stop = threading.Event()
        self._background.run(lambda: judge.read(text, lambda: not stop.is_set()), self._take)

    def _take(self, reading: Reading) -> None:
        self._reading = reading
        self.editor.mark_refused([each.line for each in reading.problems])
        self._lines.load(reading.problems)
        self._show_reading()
        if self._eager:
            self.accept()

    def _show_reading(self) -> None:
        """Say how many lines can be used, and let the dialog be accepted when some can."""
        reading, busy = self._reading, self.is_reading
        count, bad = len(reading.locators), len(reading.problems)
        if busy:
            words = translate("AddDialog", "Reading the lines…")
        elif not count:
            words = ""
        elif count == 1:
            words = translate("AddDialog", "1 address")
        else:
            words = fill(translate("AddDialog", "{count} addresses"), count=f"{count:,}")
        if reading.repeated and not busy:
            repeated = fill(translate("AddDialog", "{count} repeated"), count=f"{reading.repeated:,}")
            words = f"{words} · {repeated}"
        self.count.setText(words)
        if bad == 1:
            trouble = translate("AddDialog", "⚠ 1 line cannot be used")
        else:
            trouble = fill(translate("AddDialog", "⚠ {count} lines cannot be used"), count=f"{bad:,}")
        self.trouble.setText(trouble)
        self.trouble.setVisible(bad > 0 and not busy)
        self.problems.setVisible(bad > 0)
        row = self.problems.sizeHintForRow(0) if bad else 0
        self.problems.setFixedHeight(row * min(bad, _SHOWN_PROBLEMS) + 2 * self.problems.frameWidth())
        has_place = self.in_library.isChecked() or bool(self.folder.text().strip())
        self.accept_button.setEnabled(count > 0 and has_place and not busy)

    def _go_to(self, index: QModelIndex) -> None:
        self.editor.go_to(self._reading.problems[index.row()].line)

    def _choose_folder(self) -> None:
        chooser = QFileDialog(self, translate("AddDialog", "Folder for the files"))
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.setDirectory(self.folder.text().strip() or str(self._library.root))
        self._open(chooser, self.folder.setText)

    def _choose_list(self) -> None:
        chooser = QFileDialog(self, translate("AddDialog", "List files"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open(chooser, self.editor.add_lines)

    def _open(self, chooser: QFileDialog, then: Callable[[str], None]) -> None:
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(then)
        chooser.open()

    def _close(self) -> None:
        self._timer.stop()
        self._stop.set()
        self._background.close()
