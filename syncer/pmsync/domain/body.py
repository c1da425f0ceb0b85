"""The text of pmsync's own block in a ticket's body, in plain words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from hashlib import sha256

from pmsync.domain.model import Field
from pmsync.domain.neutral import quoted
from pmsync.domain.ports import Markup
from pmsync.domain.rows import Page, Row


@dataclass(frozen=True, slots=True)
class Body:
    """What a body block says; the names are those that templates use."""

    title: str
    incident_id: str | None
    incident: str | None
    """Title of the post-mortem."""
    summary: str | None
    severity: str | None
    section: str | None
    owner: str | None
    due: str | None
    path: str
    link: str | None
    """Permanent link to the row, fixed when the ticket is opened."""

    def digest(self) -> str:
        """Return a short name of the source, which does not change with the link."""
        return sha256(repr(replace(self, link=None)).encode()).hexdigest()[:16]

    def quoted(self, markup: Markup) -> Body:
        """Return it with every text of the document made harmless in ``markup``.

        The link is pmsync's own.
        """
        texts = {
            name: quoted(text, markup)
            for name, text in asdict(self).items()
            if text is not None and name != "link"
        }
        return replace(self, **texts)


def body_of(page: Page, row: Row, due: str | None, link: str | None) -> Body:
    """Collect what a ticket says about its row."""
    return Body(
        title=row.text,
        incident_id=page.incident_id,
        incident=page.title,
        summary=page.summary,
        severity=page.severity,
        section=row.section,
        owner=row.values.get(Field.OWNER),
        due=due,
        path=page.path,
        link=link,
    )


def plain_body(body: Body) -> str:
    """Write the block as it is without a template."""
    facts = (
        ("Incident", incident_name(body.incident_id, body.incident)),
        ("What happened", body.summary),
        ("Severity", body.severity),
        ("Section", body.section),
        ("Owner", body.owner),
        ("Due", body.due),
        ("Post-mortem", body.link or body.path),
    )
    lines = [f"{name}: {value}" for name, value in facts if value]
    return "\n".join([body.title, "", *lines])


def incident_name(incident_id: str | None, title: str | None) -> str | None:
    """Return what an incident is called; a title that names it needs no id before it."""
    if incident_id is None or (title is not None and incident_id in title):
        return title
    return incident_id if title is None else f"{incident_id} {title}"
