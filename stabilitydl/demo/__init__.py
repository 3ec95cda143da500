"""The demo hub: a hub of one's own on 127.0.0.1 with a made-up pack, so that all works without an account.

It speaks the shape of Civitai's API and downloads, so the rest of the product cannot tell it from a real hub.
Read in this order: ``plan`` (which pack, and the ids that say so), ``trouble`` (what fails in it), ``names``,
``weights`` (the bytes of a file), ``pack`` (its files and their checksums), ``pictures``, ``shapes`` (the pack as
Civitai lists it), ``scanner`` (checksums in the background), ``ranges`` and ``connection`` (HTTP), ``site`` (the
routes), ``server`` (the process), ``process`` (starting and ending it), ``hub`` (what the registry gets).
"""
