"""Completion for bash, zsh and fish: plain tables of commands and options, so that no key waits for the program."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from .commands import Command


def bash(root: Command, commands: Sequence[Command]) -> str:
    """For ``bash-completion/completions``."""
    cases = [f"        {command.name}) words={_quoted(_names(command))} ;;" for command in commands]
    paths = "|".join(sorted(set(_with_path((root, *commands)))))
    return "\n".join(
        [
            "# Completion of stabilitydl for bash.",
            "_stabilitydl() {",
            "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words word",
            "    COMPREPLY=()",
            # Names may hold blanks: one line is one name.
            f'    case $before in {paths}) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;; esac',
            f"    words={_quoted((*_names(root), *(command.name for command in commands)))}",
            '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
            "        case $word in -*) continue ;; esac",
            "        words=",
            "        case $word in",
            *cases,
            "        esac",
            "        break",
            "    done",
            '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")',
            "}",
            "complete -o default -o filenames -F _stabilitydl stabilitydl",
            "complete -o default stabilitydl-window",
            "",
        ]
    )


def zsh(root: Command, commands: Sequence[Command]) -> str:
    """For ``zsh/vendor-completions``."""
    table = [f"        {_quoted([f'{command.name}:{_summary(command)}'])}" for command in commands]
    cases = [
        line
        for command in commands
        for line in (
            f"        {command.name})",
            "            _arguments -S \\",
            *_zsh_options(command),
            "            ;;",
        )
    ]
    return "\n".join(
        [
            "#compdef stabilitydl stabilitydl-window",
            "# Completion of stabilitydl for zsh.",
            "_stabilitydl() {",
            "    local -a commands",
            "    local line state",
            "    if [[ $service == stabilitydl-window ]]; then _files; return; fi",
            "    commands=(",
            *table,
            "    )",
            "    _arguments -C -S \\",
            *(f"        {_zsh_option(option.names, option.metavar, option.help)} \\" for option in root.options),
            "        '1:command:->command' '*::argument:->argument'",
            "    if [[ $state == command ]]; then _describe -t commands command commands; return; fi",
            "    case $line[1] in",
            *cases,
            "    esac",
            "}",
            '_stabilitydl "$@"',
            "",
        ]
    )


def fish(root: Command, commands: Sequence[Command]) -> str:
    """For ``fish/vendor_completions.d``."""
    names = " ".join(command.name for command in commands)
    lines = ["# Completion of stabilitydl for fish."]
    lines += [
        f'complete -c stabilitydl -n "not __fish_seen_subcommand_from {names}" -f '
        f"-a {command.name} -d {_fish(_summary(command))}"
        for command in commands
    ]
    for each in (root, *commands):
        where = "" if each is root else f' -n "__fish_seen_subcommand_from {each.name}"'
        for option in each.options:
            flags = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
            takes = " -r" + (" -F" if option.metavar == "DIR" else " -f") if option.metavar else ""
            lines.append(f"complete -c stabilitydl{where} {flags}{takes} -d {_fish(option.help)}")
    return "\n".join(lines) + "\n"


def _zsh_options(command: Command) -> Iterator[str]:
    for option in command.options:
        yield f"                {_zsh_option(option.names, option.metavar, option.help)} \\"
    yield "                '*:file:_files'" if command.takes_files else "                '*: :'"


def _zsh_option(names: Sequence[str], metavar: str, text: str) -> str:
    plain = text.replace("[", "(").replace("]", ")").replace(":", " ")
    takes = f":{metavar.replace(':', ' ')}:{'_files -/' if metavar == 'DIR' else ''}" if metavar else ""
    return " ".join(_quoted([f"*{name}[{plain}]{takes}"]) for name in names)


def _names(command: Command) -> tuple[str, ...]:
    return tuple(name for option in command.options for name in option.names)


def _with_path(commands: Iterable[Command]) -> Iterator[str]:
    return (
        name for command in commands for option in command.options if option.metavar == "DIR" for name in option.names
    )


def _summary(command: Command) -> str:
    return command.help.partition("\n")[0].rstrip(".")


def _quoted(words: Sequence[str]) -> str:
    return shlex.quote(" ".join(words))


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
