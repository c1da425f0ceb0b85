"""The documents of a repository, and the ways that edited ones go back.

In the work tree (``WorkTree``; ``Checkout`` where a remote's branch is what counts), by
a commit (``Branch``), or by a pull request (``PullRequest``). Nothing is imported here:
commands that only read files start without git.
"""
