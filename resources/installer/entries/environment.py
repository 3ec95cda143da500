"""Runs in the frozen bundle before everything else: what the bundle needs of the environment is not for other programs.

The loader of the bundle points ``LD_LIBRARY_PATH`` at the libraries of the bundle and remembers in variables of its
own that it did. A browser or file manager that is opened from here must not load these libraries, and a program of the
bundle that is started from here has to begin anew.
"""

import os

for name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[name]
for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
    before = os.environ.pop(f"{name}_ORIG", None)
    if before is not None:
        os.environ[name] = before
    else:
        os.environ.pop(name, None)

if os.name == "posix" and not os.environ.get("LC_ALL"):
    import locale

    # As Python's own start does (PEP 538): programs of today write UTF-8, also where nobody said so.
    if locale.setlocale(locale.LC_CTYPE) == "C":
        os.environ["LC_CTYPE"] = "C.UTF-8"
