"""A sync changes the planned cells of action items, and not one byte beside them."""

from __future__ import annotations

import re

from conftest import Repository

HEAD = "# Outage — 障害\n\n## Action Items\n\n"
WITH = "| Action | Owner | Status | Ticket |\n|---|---|---|---|\n"
WITHOUT = "| Action | Owner | Status |\n|---|---|---|\n"
ADDED = "| Action | Owner | Status | Ticket |\n|---|---|---|---|\n"
LONG = "very long " * 6000

DOCUMENTS: dict[str, tuple[str, str]] = {
    "one table": (
        WITH + "| Alert | @a | Open | |\n\nThe end  \n",
        WITH + "| Alert | @a | Open | bd://bd-* |\n\nThe end  \n",
    ),
    "short rows": (
        WITH + "| Short |\n| Alert | @a | Open |\n| Full | @b | Open | |\n",
        WITH
        + "| Short |  |  | bd://bd-* |\n| Alert | @a | Open | bd://bd-* |\n"
        + "| Full | @b | Open | bd://bd-* |\n",
    ),
    "short rows without a column": (
        WITHOUT + "| Short |\n| Alert | @a |\n| Full | @b | Open |\n",
        ADDED
        + "| Short |  |  | bd://bd-* |\n| Alert | @a |  | bd://bd-* |\n"
        + "| Full | @b | Open | bd://bd-* |\n",
    ),
    "no leading pipes": (
        "Action | Owner | Status | Ticket\n--|--|--|--\nAlert | @a | Open |\n"
        "Other | @b | Open | -\nThird | @c\n",
        "Action | Owner | Status | Ticket\n--|--|--|--\nAlert | @a | Open | bd://bd-* |\n"
        "Other | @b | Open | bd://bd-*\nThird | @c |  | bd://bd-*\n",
    ),
    "no leading pipes without a column": (
        "Action | Owner\n---|---\nAlert | @a\nOther | @b\n",
        "Action | Owner | Ticket\n---|---|---\n"
        "Alert | @a | bd://bd-*\nOther | @b | bd://bd-*\n",
    ),
    "no trailing pipes": (
        "| Action | Owner | Status | Ticket\n|---|---|---|---\n| Alert | @a | Open | -\n"
        "| Other | @a | Open\n",
        "| Action | Owner | Status | Ticket\n|---|---|---|---\n"
        "| Alert | @a | Open | bd://bd-*\n| Other | @a | Open | bd://bd-*\n",
    ),
    "no trailing pipes without a column": (
        "| Action | Owner\n|---|---\n| Alert | @a\n",
        "| Action | Owner | Ticket\n|---|---|---\n| Alert | @a | bd://bd-*\n",
    ),
    "escaped pipes": (
        WITH + "| Pipe `a \\| b` and \\| c | @a | Open | |\n",
        WITH + "| Pipe `a \\| b` and \\| c | @a | Open | bd://bd-* |\n",
    ),
    "escaped pipes without a column": (
        WITHOUT + "| Run `ps \\| wc` | `a\\|b` | Open |\n",
        ADDED + "| Run `ps \\| wc` | `a\\|b` | Open | bd://bd-* |\n",
    ),
    "a row wider than its header": (
        WITH + "| Alert | @a | Open | |\n| Pipe a | b | @b | Open | |\n",
        WITH + "| Alert | @a | Open | bd://bd-* |\n| Pipe a | b | @b | Open | |\n",
    ),
    "a row wider than its header without a column": (
        WITHOUT + "| Alert | @a | Open |\n| Pipe a | b | @b | Open |\n",
        WITHOUT + "| Alert | @a | Open |\n| Pipe a | b | @b | Open |\n",
    ),
    "a very long row": (
        WITH + f"| {LONG}| @a | Open | |\n",
        WITH + f"| {LONG}| @a | Open | bd://bd-* |\n",
    ),
    "tabs": (
        "|\tAction\t|\tOwner\t|\tTicket\t|\n|---|---|---|\n|\tAlert\t|\t@a\t|\t\t|\n",
        "|\tAction\t|\tOwner\t|\tTicket\t|\n|---|---|---|\n"
        "|\tAlert\t|\t@a\t|\tbd://bd-*\t|\n",
    ),
    "tabs in the delimiter row": (
        "| Action | Owner |\n|\t---\t|\t---\t|\n| Alert | @a |\n",
        "| Action | Owner | Ticket |\n|\t---\t|\t---\t|---|\n| Alert | @a | bd://bd-* |\n",
    ),
    "blanks that do not break": (
        WITH + "| Alert\u00a0now | @a\u00a0| Open | |\n",
        WITH + "| Alert\u00a0now | @a\u00a0| Open | bd://bd-* |\n",
    ),
    "wide letters": (
        "| アクション     | 担当 | チケット |\n|----------------|------|----------|\n"
        "| アラートを追加 | 佐藤 |          |\n",
        "| アクション     | 担当 | チケット |\n|----------------|------|----------|\n"
        "| アラートを追加 | 佐藤 | bd://bd-*         |\n",
    ),
    "wide letters without a column": (
        "| アクション     | 担当 |\n|----------------|------|\n| アラートを追加 | 佐藤 |\n",
        "| アクション     | 担当 | Ticket |\n|----------------|------|---|\n"
        "| アラートを追加 | 佐藤 | bd://bd-* |\n",
    ),
    "blanks behind the last pipe": (
        "| Action | Owner | Ticket |  \n|---|---|---| \n| Alert | @a | |   \n"
        "| Other | @a | |\t\n",
        "| Action | Owner | Ticket |  \n|---|---|---| \n| Alert | @a | bd://bd-* |   \n"
        "| Other | @a | bd://bd-* |\t\n",
    ),
    "blanks behind the last pipe without a column": (
        "| Action | Owner |  \n|---|---| \n| Alert | @a |   \n| Other | @a |\t\n",
        "| Action | Owner | Ticket |  \n|---|---|---| \n| Alert | @a | bd://bd-* |   \n"
        "| Other | @a | bd://bd-* |\t\n",
    ),
    "an indented table": (
        "   | Action | Owner | Ticket |\n  |---|---|---|\n | Alert | @a | |\n"
        "   | Other | @a | |\n",
        "   | Action | Owner | Ticket |\n  |---|---|---|\n | Alert | @a | bd://bd-* |\n"
        "   | Other | @a | bd://bd-* |\n",
    ),
    "tables in list items": (
        "- Network:\n\n  | Action | Owner |\n  |---|---|\n  | Alert | @a |\n\n"
        "1. Disk\n\n   | Action | Owner | Ticket |\n   |---|---|---|\n   | Other | @a | |\n",
        "- Network:\n\n  | Action | Owner | Ticket |\n  |---|---|---|\n"
        "  | Alert | @a | bd://bd-* |\n\n"
        "1. Disk\n\n   | Action | Owner | Ticket |\n   |---|---|---|\n"
        "   | Other | @a | bd://bd-* |\n",
    ),
    "rows that are not filed": (
        WITHOUT + "| Finished | @a | Done |\n| Alert | @b | Open |\n| | | |\n",
        ADDED + "| Finished | @a | Done |  |\n| Alert | @b | Open | bd://bd-* |\n"
        "| | | |  |\n",
    ),
    "a column of problems": (
        "| Issue | Action | Owner |\n|---|---|---|\n| Nobody saw it | Alert | @a |\n",
        "| Issue | Action | Owner | Ticket |\n|---|---|---|---|\n"
        "| Nobody saw it | Alert | @a | bd://bd-* |\n",
    ),
    "boxes of generators": (
        ":::caution\n- [ ] Alert\n- [ ] Wraps\n  over lines\n:::\n",
        ":::caution\n- [ ] Alert ([bd-*](bd://bd-*))\n- [ ] Wraps\n"
        "  over lines ([bd-*](bd://bd-*))\n:::\n",
    ),
    "a table in a box": (
        ":::info\n" + WITHOUT + "| Alert | @a | Open |\n:::\n",
        ":::info\n" + ADDED + "| Alert | @a | Open | bd://bd-* |\n:::\n",
    ),
    "checklists": (
        "* [ ] Alert\t\n+ [ ] Other  \n1) [x] Finished\n\n- [ ] Wraps\n  over lines\n"
        "    - [ ] Inner\n- [ ] With details\n  - Owner: Ann\n  - Due: 2026-05-04\n",
        "* [ ] Alert ([bd-*](bd://bd-*))\t\n+ [ ] Other ([bd-*](bd://bd-*))  \n"
        "1) [x] Finished\n\n- [ ] Wraps\n  over lines ([bd-*](bd://bd-*))\n"
        "    - [ ] Inner ([bd-*](bd://bd-*))\n"
        "- [ ] With details ([bd-*](bd://bd-*))\n"
        "  - Owner: Ann\n  - Due: 2026-05-04\n",
    ),
}
"""By what is unusual: the document below its head, and what a first sync makes of it."""


def ends(text: str, manner: str) -> str:
    """Return a text with the line ends, and the bytes around it, of a manner."""
    match manner:
        case "windows":
            return text.replace("\n", "\r\n")
        case "old mac":
            return text.replace("\n", "\r")
        case "mixed":
            lines = text.split("\n")
            kinds = ("\n", "\r\n")
            last = lines.pop()
            return "".join(f"{a}{kinds[n % 2]}" for n, a in enumerate(lines)) + last
        case "byte order mark":
            return "\ufeff" + text
        case "no final newline":
            return text.rstrip("\n")
        case _:
            return text


MANNERS = ("as it is", "windows", "mixed", "byte order mark", "no final newline")


def test_only_planned_cells_change_and_a_second_sync_changes_nothing(
    repository: Repository,
) -> None:
    wanted: dict[str, str] = {}
    for name, (before, after) in DOCUMENTS.items():
        for manner in MANNERS:
            path = f"postmortems/{name}/{manner}.md".replace(" ", "-")
            repository.write(path, ends(HEAD + before, manner))
            wanted[path] = ends(HEAD + after, manner)
    before, after = DOCUMENTS["one table"]
    repository.write("postmortems/mac.md", ends(HEAD + before, "old mac"))
    wanted["postmortems/mac.md"] = ends(HEAD + after, "old mac")
    repository.commit()

    first = repository.pmsync("sync", "--max-creates", "1000")
    written = {path: repository.read(path) for path in wanted}
    repository.commit()
    second = repository.pmsync("sync")

    assert first.returncode == 0, first.stdout + first.stderr
    assert {
        path: re.sub(r"bd-[0-9a-z]{3,8}", "bd-*", text)
        for path, text in written.items()
    } == wanted
    assert second.returncode == 0, second.stdout + second.stderr
    assert {path: repository.read(path) for path in wanted} == written
    assert repository.git("status", "--porcelain") == ""


def test_a_short_row_gets_its_ticket_while_its_table_gets_another_column(
    repository: Repository,
) -> None:
    table = HEAD + "| Action | Owner | Ticket |\n|---|---|---|\n"
    repository.write("pmsync.toml", 'version = 1\nstatus_column = "add"\n')
    repository.write("postmortems/a.md", table + "| Alert | @a | |\n")
    repository.pmsync("sync")
    tickets = repository.read(".pmsync/tickets.jsonl")
    closed = tickets.replace('"status":"open"', '"status":"closed"')
    repository.write(".pmsync/tickets.jsonl", closed)
    linked = repository.read("postmortems/a.md")
    repository.write("postmortems/a.md", linked + "| Short |\n| Other\n")

    done = repository.pmsync("sync")

    assert done.returncode == 0, done.stdout + done.stderr
    written = re.sub("bd-[0-9a-z]+", "bd-*", repository.read("postmortems/a.md"))
    assert written == (
        HEAD + "| Action | Owner | Ticket | Status |\n|---|---|---|---|\n"
        "| Alert | @a | bd://bd-* | Done |\n"
        "| Short |  | bd://bd-* |  |\n"
        "| Other |  | bd://bd-* |  |\n"
    )
