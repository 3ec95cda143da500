from __future__ import annotations

import string
from pathlib import Path

import pytest

from stabilitydl.errors import CODES, REMEDIES
from stabilitydl.gui.tr import ERRORS, REMEDIES_CONTEXT
from stabilitydl.settings import fields
from tests import translations
from tests.translations import Message, compiled, main, messages, qt_free_texts, sources, stale, unfinished, update

CHINESE = translations.FOLDER / "stabilitydl_zh_CN.ts"
PROGRAM = "stabilitydl"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_everything_is_up_to_date(tmp_path: Path) -> None:
    """If this fails: python -m tests.translations, translate what it names, and run it again."""
    assert stale(tmp_path) == []


def test_everything_is_translated() -> None:
    assert [(source.name, message.context, message.source) for source, message in unfinished()] == []


def has_words(text: str) -> bool:
    """Is there something to translate besides placeholders and the name of the program?"""
    fixed = "".join(part for part, _, _, _ in string.Formatter().parse(text)).replace(PROGRAM, "")
    return any(character.isalpha() for character in fixed)


def is_good(message: Message) -> bool:
    """Chinese words, the same values, and the same kind of ending: a sentence, or a dialog that follows."""
    text, source = message.translation, message.source
    return (
        placeholders(text) == placeholders(source)
        and (not has_words(source) or any("\u4e00" <= character <= "\u9fff" for character in text))
        and (not has_words(source) or text.endswith("\u3002") == source.endswith("."))
        and text.endswith("\u2026") == source.endswith("\u2026")
    )


def test_translations_say_it_in_chinese_with_the_same_values() -> None:
    assert len(messages(CHINESE)) > 300
    assert [message for message in messages(CHINESE) if not is_good(message)] == []


def test_every_error_remedy_and_setting_is_in_the_file() -> None:
    found = {(message.context, message.source) for message in messages(CHINESE)}
    for kind in CODES.values():
        assert (ERRORS, kind.template) in found
    for text in REMEDIES.values():
        assert not text or (REMEDIES_CONTEXT, text) in found
    for field in fields():
        assert ("Settings", field.title) in found
        assert ("Settings", field.help) in found
    assert set(qt_free_texts()) <= found


def test_a_new_error_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "translations"
    folder.mkdir()
    for path in (CHINESE, compiled(CHINESE)):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(translations, "FOLDER", folder)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    main([])
    before = unfinished()
    assert main(["--check"]) == bool(before)
    more = [*qt_free_texts(), (ERRORS, 'A "new" one \\ for {host}.')]
    monkeypatch.setattr(translations, "qt_free_texts", lambda: iter(more))
    assert main(["--check"]) == 1
    update(sources()[0])
    new = [message for _, message in unfinished() if (sources()[0], message) not in before]
    assert [(message.context, message.source) for message in new] == [more[-1]]
    assert main([]) == 1
