"""What the GitHub Action and the GitLab template run: a plan for reviewers, or a pass.

Everything comes through the environment; nothing of a document ever becomes a command.
"""
