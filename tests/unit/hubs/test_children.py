"""The place of a child: safe whatever its hub calls it."""

from __future__ import annotations

import pytest

from stabilitydl.disk.names import safe_path
from stabilitydl.hubs.children import place


@pytest.mark.parametrize(
    "path",
    [
        "../x.bin",
        "/etc/passwd",
        "C:\\x",
        "\\\\h\\s",
        "a/../../b",
        "..%2fx",
        "%2e%2e%2fx",
        "%252e%252e%252fx",
        "\uff0e\uff0e/x",
    ],
)
def test_what_would_leave_its_folder_is_listed_under_a_harmless_name_f01_f02(path: str) -> None:
    placed, problem = place(path)
    assert problem is not None
    assert problem.code == "unsafe-name"
    assert safe_path(placed) == placed
    assert "/" not in placed
    assert place(path) == (placed, problem)


def test_what_is_run_is_blocked_and_the_rest_is_not_f10() -> None:
    placed, problem = place("a/run.py")
    assert (placed, problem.code if problem else "") == ("a/run.py", "dangerous-file-type")
    assert place("a/b c/model.safetensors") == ("a/b c/model.safetensors", None)
