"""What runs when: the life of every resource, from a command to a file.

Read in this order: ``engine`` (all that the window and the command line ask for), ``thread`` (the engine in a thread
of its own), ``commands`` (what the user may ask for one or many resources), ``turns`` (commands on one resource keep
their order), ``expand`` (what locators hold), ``fleet`` (what is queued and at work), ``job`` (one resource from its
place in the queue to its end), ``life`` (its moves from state to state).

What they decide with, pure: ``scheduler`` (what starts next), ``targets`` (where files go), ``remedies`` (what becomes
of a resource that met an error), ``meter`` (speed). What they stand on: ``slots`` (applies the scheduler), ``here``
(is the file here already), ``source`` (asks hubs for addresses), ``reach`` (is it the host or the network), ``locks``
(one for each resource), ``ledger`` (store and locks together), ``recorder`` (what is written when), ``undo`` (parts of
cancelled resources are kept for a while), ``publisher`` (tells everybody), ``context`` (what a job works with).
"""
