"""What survives a restart: collections, resources, queue order, reserved target paths and attempts, in SQLite.

Read in this order: ``store`` (the facade that everybody else uses), ``change`` (a new state as a value),
``collections``, ``resources``, ``blocks``, ``queue`` and ``attempts`` (the queries of one noun each), ``rows`` (values
to columns and back), ``migrations`` (the schema), ``chores`` (what SQL alone cannot do), ``database`` (the connection,
transactions, errors), ``salvage`` and ``opening`` (a damaged or newer database, and copies for that case).

Everything here blocks; run it in one ``Lane``. Two processes may use one database at the same time.
"""
