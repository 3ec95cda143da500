"""The values of the product: frozen, without I/O, without async code, without Qt.

Read in this order: ``states`` (the life of a resource and its tabs), ``checksum``, ``precision`` (of weights),
``resource`` (a child and where its bytes can be had), ``collection`` (the parent and what is computed from its
children), ``picture`` (what stands for them), ``attempt`` (one finished or running download), ``kept`` (a file in
quarantine), ``login`` (to a hub), ``events`` (what the engine tells everybody).
"""
