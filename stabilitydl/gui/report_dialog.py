"""What to send with a report: everything that is known about a failure, to be read and copied."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from .. import __version__
from ..domain.resource import ResourceSnapshot
from ..errors import Problem
from ..paths import Paths
from ..text import plain
from .dialog import Dialog
from .qt import override
from .theme import SPACE, mark
from .tr import problem_text, remedy_text, translate


def report_text(problem: Problem, row: ResourceSnapshot | None = None) -> str:
    """The facts, in English for whoever reads the report."""
    lines = [
        f"stabilitydl {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        "",
        f"{problem.code}: {problem.message}",
    ]
    if row is not None:
        resource = row.resource
        hubs = ", ".join(sorted({address.hub for address in resource.addresses}))
        lines += [
            "",
            f"file: {plain(resource.name)}",
            f"hub: {hubs}",
            f"state: {row.state}, {row.received} of {resource.size} bytes",
        ]
    return "\n".join(lines)


class ReportDialog(Dialog):
    """Shows a failure in full, with buttons to copy it and to see the logs."""

    def __init__(
        self, problem: Problem, paths: Paths, row: ResourceSnapshot | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._problem = problem
        self._paths = paths
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        mark(self.title, kind="strong")
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        mark(self.hint, kind="secondary")
        self.text = QPlainTextEdit(report_text(problem, row))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.logs = QPushButton()
        self.logs.setAutoDefault(False)
        self.logs.clicked.connect(self._open_logs)
        self.copy = QPushButton()
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.close_button = QPushButton()
        mark(self.close_button, role="primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.logs)
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(SPACE)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        self.resize(560, 320)
        self.retranslate()

    @override
    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle(translate("ReportDialog", "Report a problem"))
        self.title.setText(f"{problem_text(self._problem)} {remedy_text(self._problem.remedy)}".strip())
        self.hint.setText(
            translate("ReportDialog", "Copy this into your report. Read it first; nothing is sent by itself.")
        )
        self.text.setAccessibleName(translate("ReportDialog", "Text of the report"))
        self.logs.setText(translate("ReportDialog", "Open log folder"))
        self.copy.setText(translate("ReportDialog", "Copy"))
        self.close_button.setText(translate("ReportDialog", "Close"))

    def _open_logs(self) -> None:
        folder = self._paths.logs if self._paths.logs.is_dir() else self._paths.data
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
