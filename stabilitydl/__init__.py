"""stabilitydl: a download manager for AI model packs.

Packages, from the outside in; each imports only from those below it:

- ``__main__`` chooses between ``gui`` and ``cli``;
- ``demo`` is a loopback hub with a generated pack;
- ``engine`` decides what runs when;
- ``hubs`` turns what a user pastes into a collection, ``transfer`` brings bytes to disk;
- ``store`` remembers, ``disk`` writes, ``http`` talks;
- ``domain`` holds the values that all of them exchange;
- ``errors``, ``settings``, ``paths``, ``text``, ``clock`` and ``lane`` stand under everything.
"""

__version__ = "0.1.0"
