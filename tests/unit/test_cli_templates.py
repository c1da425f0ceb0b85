"""Body templates: safe to run, and every mistake named with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pmsync.cli.templates import NAMES, body_template
from pmsync.domain.body import Body
from pmsync.domain.errors import UsageError

PAGE = Path(__file__).resolve().parents[2] / "docs/configuration.md"
BODY = Body(
    title="Fix <it> & more",
    incident_id="INC-1",
    incident="Outage",
    summary=None,
    severity="SEV1",
    section="Immediate",
    owner="@alice",
    due="2026-03-01",
    path="postmortems/a.md",
    link=None,
)


def render(root: Path, text: str) -> str:
    (root / "ticket.md.j2").write_text(text)
    return body_template(root, "ticket.md.j2")(BODY)


def test_a_template_writes_the_body_from_the_row_as_it_is(tmp_path: Path) -> None:
    text = render(
        tmp_path, "{{ title }}\n{% if owner %}\nBy {{ owner }}\n{% endif %}\n"
    )

    assert text == "Fix <it> & more\nBy @alice\n"


def test_the_page_on_templates_names_all_that_they_may_use(tmp_path: Path) -> None:
    section = (
        PAGE.read_text("utf-8").partition("### Templates\n")[2].partition("\n## ")[0]
    )
    (example,) = re.findall(r"```jinja\n(.*?)```", section, re.DOTALL)
    named = re.findall(r"`(\w+)`", "".join(re.findall(r"(?m)^\| (`.*?) \|", section)))

    assert sorted(named) == sorted(NAMES)
    assert render(tmp_path, example) == (
        "Fix <it> & more\n\nFrom INC-1 (SEV1): postmortems/a.md\n\n"
        "To be done until 2026-03-01.\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("fine\n{{ titel }}", 2),
        ("fine\n\n{% if %}", 3),
        ("{{ title.nothing }}", 1),
        ("\n{{ 1 / 0 }}", 2),
        ("{{ ''.__class__.__mro__ }}", 1),
    ],
)
def test_a_mistake_in_a_template_is_named_with_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    with pytest.raises(UsageError, match=rf"^ticket\.md\.j2:{line}: "):
        render(tmp_path, text)


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.j2: there is no such template"):
        body_template(tmp_path, "gone.j2")


def test_a_template_cannot_read_files_outside_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "repository"
    root.mkdir()

    with pytest.raises(UsageError):
        render(root, "{% include '../secret' %}")


@pytest.mark.parametrize("linked", ["ticket.md.j2", "templates"])
def test_s14_no_file_behind_a_link_is_written_into_a_ticket(
    tmp_path: Path, linked: str
) -> None:
    root, elsewhere = tmp_path / "repository", tmp_path / "secrets"
    (root / "plain").mkdir(parents=True)
    elsewhere.mkdir()
    (elsewhere / "ticket.md.j2").write_text("a token")
    target = elsewhere if linked == "templates" else elsewhere / "ticket.md.j2"
    (root / linked).symlink_to(target)
    path = "templates/ticket.md.j2" if linked == "templates" else "ticket.md.j2"
    (root / "including.md.j2").write_text(f"{{% include '{path}' %}}")

    with pytest.raises(UsageError, match="there is no such template"):
        body_template(root, path)
    with pytest.raises(UsageError):
        body_template(root, "including.md.j2")(BODY)
