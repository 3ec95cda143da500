"""What runs when: the life of every resource, from a command to a file.

Read in this order: ``engine`` (all that the window and the command line ask for), ``lifetime`` (from its start to its
end), ``running`` (what exists meanwhile), ``thread`` (the engine in a thread of its own), ``commands`` (what the user
may ask for one or many resources), ``leavings`` (what is given up), ``quarantine`` and ``doubles`` (what is wrong),
``presence`` and ``lookout`` (what others did to files), ``telling`` (everybody is told of it), ``turns`` (commands on
one resource keep their order), ``expand`` (what locators hold), ``listing`` (and what of it is on the list), ``fleet``
(what is queued and at work), ``job`` (one resource from its place in the queue to its end), ``tenure`` (its lock, and
what is written at its end), ``waiting`` (what it does while it cannot go on), ``life`` (its moves from state to state).

What they decide with, pure: ``scheduler`` (what starts next), ``targets`` (where files go), ``remedies`` (what becomes
of a resource that met an error), ``meter`` (speed). What they stand on: ``slots`` (applies the scheduler), ``here`` (is
the file here already), ``twins`` (resources with the same bytes), ``mending`` (of a file that rotted, what is right of
it), ``places`` and ``pace`` (several addresses, slow ones), ``volumes`` and ``space`` (drives that come and go, and
their room), ``drives`` (those that do not answer), ``gallery`` (which picture stands for what), ``source`` (asks hubs
for addresses), ``blame`` (whose fault a failure is), ``reach`` (is it the host or the network), ``portals`` (is it the
host or something in between), ``locks`` (one for each resource), ``ledger`` (store and locks together), ``recorder``
(what is written when), ``rounds`` (one trip to the database for many jobs), ``housekeeping`` (what nobody asked for),
``redaction`` (secrets that older versions stored), ``opening``, ``record``, ``folders`` and ``rebuild`` (what the disk
knows when the database is lost), ``undo`` (parts of cancelled resources are kept for a while), ``logins`` (which hubs
wait for one), ``publisher`` (tells everybody), ``context`` (what a job works with).

One engine per data directory: ``remote`` (run it or attach to the process that does; what window and command line
start), ``any_engine`` (what they may ask of either), ``remote_membership`` (owner or attached, and the change between
them), ``engine_lock`` (who is the owner), ``remote_role`` (where calls go), ``remote_host`` (the owner's side),
``remote_link`` (the other side), ``remote_wire`` (what they say), ``remote_channel`` (frames, and the proof of the
secret), ``remote_endpoint`` (the file that names port and secret), ``remote_known`` (what subscribers missed),
``remote_entrusted`` (what the next owner is given again), ``remote_desk`` (who has the window).
"""
