"""The command line: arguments in, text or JSON lines and an exit code out.

Read in this order: ``guard`` (what each way of ending means), ``main``, ``app`` (the table of all commands), ``words``
(what may be typed, group by group) and ``options``, ``values`` (what is read without typer), ``action`` (what reading
them leads to), ``requests`` (what was asked for, as values), ``arguments`` and ``filters`` (reading numbers and
patterns), then one module for each family of commands: ``get``, ``plan``, ``listing``, ``control``, ``weight``,
``verify``, ``quarantine``, ``lock``, ``login``, ``demo``. They stand on ``compose`` (puts engine, hubs and settings
together), ``survey`` (what would become of each file), ``news`` (what has changed since it was listed), ``session``
(runs files in the engine's thread, follows its events, and stops on Ctrl-C), ``reading`` (the list without an engine),
``drives`` (what lies where, also where a drive hangs), ``tally`` (what became of the files that were asked for) and
``find`` (which collection a name means).
``render`` says what a renderer can do; ``render_json``, ``render_text`` and ``board`` do it, and ``describe`` shows
what is on the list; ``console`` is the only place that writes to the terminal. ``logs``, ``display`` and ``exit_codes``
stand alone.
"""
