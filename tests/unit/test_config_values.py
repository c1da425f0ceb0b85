"""What may be written as a value, and what is refused before it can do harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync_config import addresses, values
from pmsync_config.annotations import UnreadableError
from pmsync_config.trackers import Beads, Embedded, GitHub, GitLab, Jira, Tracker
from pmsync_config.validate import validate


def refuses(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except UnreadableError:
        return True
    return False


@given(st.integers(1, 99_999), st.sampled_from("smhd"))
def test_a_duration_means_the_same_after_it_was_written_out(
    count: int, unit: str
) -> None:
    duration = values.read_duration(f"{count}{unit}")

    assert duration == count * values.read_duration(f"1{unit}")
    assert values.read_duration(values.write_duration(timedelta(days=count)))


@given(st.integers(1, 86_400))
def test_writing_a_duration_loses_nothing(seconds: int) -> None:
    duration = timedelta(seconds=seconds)

    assert values.read_duration(values.write_duration(duration)) == duration


@given(st.integers(1, 99_999))
def test_since_never_leaves_the_calendar(days: int) -> None:
    since = values.read_since(f"{days}d")

    assert isinstance(since, timedelta)
    assert date(2026, 1, 1) - since > date.min


@pytest.mark.parametrize(
    "text",
    ["", "0s", "15", "m", "1.5h", "-1d", "15 m", "15M", "1w", "1h30m", "٣d", "15m\n"],
)
def test_what_is_no_duration_is_never_taken_for_one(text: str) -> None:
    assert refuses(values.read_duration, text)


@pytest.mark.parametrize(
    "glob",
    [
        "/etc/*",
        "../../etc/*",
        "postmortems/../../../etc/passwd",
        "..",
        "a/..",
        "!../x",
        "!/etc/*",
        "~/x",
        "\\\\host\\share",
        "a\\..\\..\\b",
        "C:\\x",
        "",
        " ",
        "a\x00b",
        "a\nb",
        "a\u202eb",
    ],
)
def test_s13_a_glob_never_leaves_the_repository(glob: str) -> None:
    assert refuses(values.read_path_pattern, glob)


@pytest.mark.parametrize(
    "glob", ["**/*.md", "a b/*.md", "..a/b..c/*.md", "事故/**/*.md", "!drafts/**", "*"]
)
def test_globs_inside_the_repository_are_taken_as_they_are(glob: str) -> None:
    assert values.read_path_pattern(glob) == glob


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/",
        "https://169.254.169.254/latest",
        "https://[fe80::1]",
        "https://[fe80::1%25eth0]",
        "https://[::ffff:169.254.169.254]",
        "https://0xa9fea9fe",
        "https://2852039166",
        "https://169.254.43518",
        "https://0251.0376.0251.0376",
        "https://169.254.169.254.",
        "https://0.0.0.0",
        "https://224.0.0.1",
        "http://example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.nip.io",
        "http://10.0.0.1",
        "file:///etc/passwd",
        "ftp://example.com",
        "//example.com",
        "example.com",
        "https://",
        "https://user@example.com",
        "https://user:secret@example.com",
        "https://@example.com",
        "https://example.com?x=1",
        "https://example.com/#x",
        "https://example.com:0",
        "https://example.com:99999",
        "https://example.com:x",
        "https://[::1",
        "https://exa mple.com",
        "https://example.com\\@evil.com",
        "https://example.com\n",
        "https://exаmple.com",  # noqa: RUF001
        "javascript:alert(1)",
    ],
)
def test_s15_a_token_is_never_sent_to_such_an_address(url: str) -> None:
    assert refuses(addresses.read_url, url)


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://example.atlassian.net/", "https://example.atlassian.net"),
        ("https://jira.example.com:8443/jira", "https://jira.example.com:8443/jira"),
        ("https://10.0.0.1", "https://10.0.0.1"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("HTTPS://Example.COM", "HTTPS://Example.COM"),
    ],
)
def test_addresses_of_trackers_are_taken(url: str, read: str) -> None:
    assert addresses.read_url(url) == read


@given(st.text(), st.sampled_from(["https://", "http://", ""]))
def test_no_address_ends_in_a_traceback(text: str, scheme: str) -> None:
    url = scheme + text

    assert refuses(addresses.read_url, url) or url.lower().startswith("http")


@pytest.mark.parametrize(
    "branch", ["main", "pmsync/update", "release-1.2", "事故", "feature/a_b"]
)
def test_branches_are_taken(branch: str) -> None:
    assert values.read_branch(branch) == branch


@pytest.mark.parametrize(
    "branch",
    [
        "",
        "-x",
        "--upload-pack=x",
        "a b",
        "a..b",
        "a//b",
        "/a",
        "a/",
        ".a",
        "a/.b",
        "a.lock",
        "a.lock/b",
        "a.",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "a\\b",
        "a@{1}",
        "@",
        "a\x7f",
        "a\n",
    ],
)
def test_what_git_refuses_as_a_branch_is_refused_here(branch: str) -> None:
    assert refuses(values.read_branch, branch)


@pytest.mark.parametrize(
    "format_", ["%d/%m/%Y", "%m/%d/%y", "%b %d, %Y", "%Y年%m月%d日"]
)
def test_date_formats_that_give_a_date_are_taken(format_: str) -> None:
    assert values.read_date_format(format_) == format_


@pytest.mark.parametrize("format_", ["", "%d/%m", "%Y-%m", "dd/mm/yyyy", "%Q", "%"])
def test_a_date_format_that_gives_no_whole_date_is_refused(format_: str) -> None:
    assert refuses(values.read_date_format, format_)


@pytest.mark.parametrize(
    "schedule", ["*/10 * * * *", "0 8-18/2 * * mon-fri", "0 0 1,15 * 1#2", "5 4 L * *"]
)
def test_cron_expressions_are_taken(schedule: str) -> None:
    assert values.read_schedule(schedule) == schedule


@pytest.mark.parametrize(
    "schedule", ["", "* * * *", "* * * * * *", "@daily", "a;b * * * *"]
)
def test_what_is_no_cron_expression_is_refused(schedule: str) -> None:
    assert refuses(values.read_schedule, schedule)


@pytest.mark.parametrize("listen", ["127.0.0.1:8080", "[::1]:80", "localhost:0"])
def test_places_to_listen_are_taken(listen: str) -> None:
    assert addresses.read_listen(listen) == listen


@pytest.mark.parametrize(
    "listen", ["", "8080", "127.0.0.1", "127.0.0.1:65536", "::1:80", "a b:80", "x:8\n"]
)
def test_what_is_no_place_to_listen_is_refused(listen: str) -> None:
    assert refuses(addresses.read_listen, listen)


def tracker(kind: type[Tracker], project: str) -> bool:
    """Whether ``project`` is taken for a tracker of this kind."""
    raw: dict[str, str] = {"type": kind.__name__.lower(), "project": project}
    if kind is Jira:
        raw["url"] = "https://example.com"
    settings, _ = validate({"trackers": {"x": raw}}, beads_directory=False)
    return settings is not None


@pytest.mark.parametrize(
    ("kind", "project"),
    [
        (GitHub, "example/payments"),
        (GitHub, "alice_corp/.github"),
        (GitLab, "group/sub/project.name"),
        (GitLab, "4711"),
        (Jira, "OPS"),
        (Jira, "A1_B"),
        (Beads, "bd"),
        (Beads, "beads_rust"),
        (Embedded, "my-app"),
    ],
)
def test_projects_are_taken_in_their_trackers_shape(
    kind: type[Tracker], project: str
) -> None:
    assert tracker(kind, project)


@pytest.mark.parametrize(
    ("kind", "project"),
    [
        (GitHub, "payments"),
        (GitHub, "a/b/c"),
        (GitHub, "a/.."),
        (GitHub, "https://github.com/a/b"),
        (GitHub, "a/b\n"),
        (GitLab, "project"),
        (GitLab, "group/../x"),
        (GitLab, "/group/x"),
        (Jira, "ops"),
        (Jira, "OPS-1"),
        (Jira, 'OPS" OR 1=1'),
        (Beads, "bd-"),
        (Embedded, "../x"),
        (Embedded, ""),
    ],
)
def test_a_project_of_another_shape_is_refused(
    kind: type[Tracker], project: str
) -> None:
    assert not tracker(kind, project)


@given(
    st.from_regex(r"[smhd0-9]{0,8}", fullmatch=True),
)
def test_the_schema_refuses_no_duration_that_is_read(text: str) -> None:
    if not refuses(values.read_duration, text):
        assert re.search(values.DURATION_PATTERN, text)
