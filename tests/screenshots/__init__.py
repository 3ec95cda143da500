"""Pictures of the window, for the README and for the eye: ``python -m tests.screenshots``.

The window and the engine are the real ones. Hubs and the byte path are stand-ins that hold each file where a picture
wants it, and speeds, free space and what day it is are written down, so that two runs give the same pictures.

Read in this order: ``shelf`` (which collections there are), ``packs`` (what is in them), ``stand_ins`` (hub, byte path
and bridge), ``stage`` (the window on them), ``scenes`` (one function for each picture), ``png`` (small files).
"""
