"""Builds what people install: ``python -m resources.installer`` makes everything that this system can make.

Read in this order: ``source`` (what is built, and when it was made), ``bundle`` (what goes into the frozen bundle) with
``platforms``, ``icons``, ``notices`` and ``inventory``, ``entries`` (what the frozen programs run), ``freeze`` (runs
PyInstaller), ``sizes`` (what it weighs); then what is made of a bundle: ``archive``; for Linux ``commands`` (the
command line as values), ``manual``, ``completions``, ``share`` and ``debian``; for Windows ``windows`` with
``stabilitydl.nsi``.

All of it is made without the time, the name or the folder of the machine: two builds of one commit are the same.
"""
