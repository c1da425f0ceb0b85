"""The simulated world: people, runners, trackers and a git host, and all that fails.

One seed is one world. It has one to three documents, one or two trackers, one of three
ways back into the repository (``folder``, ``branch``, ``proposal``), machines, and
people. The engine is ``pmsync.app`` as it ships; it sees nothing but its ports.

Who moves
    Runs of pmsync are threads of which only one ever moves (``processes``); at a call of
    a port a run may pause, and a seeded chance (``chance``) then lets another run go on,
    a new one start, or people act (``people``). So runs overlap in every way, freeze
    beyond their lease and wake up, and are killed before or after any call.
What fails
    ``chance.Fault`` names every kind. Each seed takes part in about half of them, and in
    about half of what people do (``chance.Deed``), so that rare things meet.
What there is
    ``remote``: commits and refs that are swapped; ``repositories``: documents at its
    branch, in a folder, or behind a pull request; ``state``: the state at its ref, which
    passes the contract of the real stores; ``trackers``: projects whose lists lag, which
    lose answers, and in which tickets move, are deleted, or cannot be seen any more.
What must hold
    After every step (``judge``): each write is sent under a valid lease (I5); nothing but
    cells of action items changes in a document (I3); pmsync replaces no value of a
    person that the other side has not shown (I2); a link never leads to a ticket that was
    opened for another row (I1); no state or message repeats what a ticket's description
    says (I7).
    When nothing fails any more (``rest``): a dry run shows what the run then does (Q3);
    passes come to rest, the next one writes nothing and asks each tracker once (Q1);
    every row has its ticket or the report says why not; row and ticket show the same or
    a person was told (Q2); no item and no row has two open tickets (I1); the state is one
    chain of commits (I6). A seed always takes the same way (Q5).

The judge never asks the engine's state whether a write was right: each row has a name of
its own in a column that pmsync does not know, and each value is remembered with who
wrote it. What it cannot judge it leaves alone: which of two rows with the same title is
which, and titles that are much alike (``titles``).

Not in the world: bytes on a disk (``tests/system/test_every_syscall.py``), a work tree
that follows a remote without commits of ours, checklists, due dates and priorities,
changes of the configuration, and a remote that loses refs.

``planted`` are wrong variants of the engine, each of which the world finds.
"""
