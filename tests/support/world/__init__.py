"""The simulated world: people, runners, trackers and a git host, and all that fails.

One seed is one story. A seeded chance decides who acts next, how long it takes, and
what goes wrong at each call of a port: a run is killed before or after it, the answer
is lost, the call fails, time jumps, a person acts in between, or another run happens
in the middle of it. The engine is ``pmsync.app`` as it ships; it only sees its ports.

- ``chance``: the seeded decisions, the clock, and the record of what happened;
- ``host``: the git host: documents, the state, the pull request;
- ``tracking``: a tracker whose lists lag and whose answers get lost;
- ``people``: what persons do to documents and tickets, remembered to be looked for;
- ``runners``: runs of the engine, which overlap, freeze and die;
- ``story``: one seed from its beginning to its rest, with all that must hold;
- ``planted``: wrong variants of the engine, which the world has to find.
"""
