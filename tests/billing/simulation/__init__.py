"""A seeded simulation of the ledger: many at once, doubles, nonsense, and crashes between any two statements.

`operations` says what is asked for, `clients` asks it and dies in between, `proof` judges what is left in the database,
`bugs` are deliberate mistakes in a copy of the verbs, each of which the simulation has to notice.
"""
