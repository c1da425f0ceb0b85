"""A row is tied to a ticket only when exactly one configured ticket can be meant."""

from __future__ import annotations

import pytest

from pmsync.domain.model import Citation, TicketRef
from pmsync.domain.references import Resolution, resolve
from pmsync.domain.tracker_sites import TrackerSite, display

GITHUB = TrackerSite("gh", "github", "https://api.github.com", "Acme/Pay")
ENTERPRISE = TrackerSite("ghe", "github", "https://ghe.example/api/v3/", "core/net")
RESIDENT = TrackerSite("ghr", "github", "https://api.acme.ghe.com", "core/net")
GITLAB = TrackerSite("gl", "gitlab", "https://git.example/lab", "team/sub/api")
JIRA = TrackerSite("ops", "jira", "https://acme.atlassian.net", "OPS")
BEADS = TrackerSite("bd", "embedded", "", "bd")
LONG_PREFIX = TrackerSite("br", "beads", "", "beads_rust-x")

GITHUB_12 = TicketRef("gh", "Acme/Pay#12", "https://github.com/Acme/Pay/issues/12")
JIRA_12 = TicketRef("ops", "OPS-12", "https://acme.atlassian.net/browse/OPS-12")
BEADS_A1 = TicketRef("bd", "bd-a1b2", "bd://bd-a1b2")

NOTHING = Resolution((), foreign=False, pull_request=False)
FOREIGN = Resolution((), foreign=True, pull_request=False)
PULL = Resolution((), foreign=True, pull_request=True)


def found(*refs: TicketRef) -> Resolution:
    return Resolution(refs, foreign=False, pull_request=False)


def read(text: str, url: str | None, *sites: TrackerSite) -> Resolution:
    return resolve([Citation(text, url)], sites)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("#12", None),
        ("acme/pay#12", None),
        ("Acme/Pay#12", "https://github.com/Acme/Pay/issues/12"),
        ("pay#12", "https://github.com/Acme/Pay/issues/12"),
        ("ticket", "https://github.com/Acme/Pay/issues/12"),
        ("OLD-7", "https://github.com/Acme/Pay/issues/12"),
        ("", "https://github.com/Acme/Pay/issues/12"),
        ("https://github.com/Acme/Pay/issues/12", None),
        ("#12", "http://GitHub.com:80/ACME/pay/issues/12/?q=1#issuecomment-4"),
        ("#12", "https://github.com:443/acme/pay/issues/12"),
    ],
)
def test_spellings_of_a_github_issue_are_one_ticket(text: str, url: str | None) -> None:
    assert read(text, url, GITHUB, JIRA, BEADS) == found(GITHUB_12)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/other/issues/12",
        "https://github.com/evil/pay/issues/12",
        "https://github.com.evil.example/acme/pay/issues/12",
        "https://evil.example/acme/pay/issues/12",
        "https://evil.example/github.com/acme/pay/issues/12",
        "https://github.com@evil.example/acme/pay/issues/12",
        "https://evil.example@github.com/acme/pay/issues/12",
        "https://github.com:8443/acme/pay/issues/12",
        "https://github.com:443@evil.example/acme/pay/issues/12",
        "https://github.com\\@evil.example/acme/pay/issues/12",
        "https://github.com\t/acme/pay/issues/12",
        "https://github.com/acme/pay/issues/../../../evil/pay/issues/12",
        "https://github.com//acme/pay/issues/12",
        "https://github.com/acme%2Fpay/issues/12",
        "https://github.com/acme/pay/issues/12/13",
        "https://github.com/acme/pay/issues/012",
        "https://github.com/acme/pay/issues/\uff11\uff12",
        "https://github.com/acme/pay/issues/",
        "https://git\u0131hub.com/acme/pay/issues/12",
        "https://github.com:99999/acme/pay/issues/12",
        "https://[github.com/acme/pay/issues/12",
        "ftp://github.com/acme/pay/issues/12",
        "//github.com/acme/pay/issues/12",
        "../issues/12",
        "javascript:alert(12)",
        "https://linear.app/acme/issue/PAY-12/x",
    ],
)
def test_S07_a_link_to_another_place_is_never_taken_for_ours(
    url: str,
) -> None:
    assert read("#12", url, GITHUB, JIRA, BEADS) == FOREIGN
    assert read("see there", url, GITHUB, JIRA, BEADS) == FOREIGN


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("#13", "https://github.com/acme/pay/issues/12"),
        ("pay#13", "https://github.com/acme/pay/issues/12"),
        ("acme/other#12", "https://github.com/acme/pay/issues/12"),
        ("ay#12", "https://github.com/acme/pay/issues/12"),
        ("OPS-12", "https://github.com/acme/pay/issues/12"),
        ("OPS-13", "https://acme.atlassian.net/browse/OPS-12"),
        ("PAY-12", "https://acme.atlassian.net/browse/OPS-12"),
        ("bd-a1b3", "bd://bd-a1b2"),
    ],
)
def test_a_text_that_names_another_ticket_than_its_address_is_not_believed(
    text: str, url: str
) -> None:
    assert read(text, url, GITHUB, JIRA, BEADS) == FOREIGN


def test_a_number_is_not_guessed_between_two_projects() -> None:
    assert read("#12", None, GITHUB, GITLAB) == FOREIGN
    assert read("Acme/Pay#12", None, GITHUB, GITLAB) == found(GITHUB_12)
    assert read("#12", GITHUB_12.url, GITHUB, GITLAB) == found(GITHUB_12)


def test_a_number_without_a_project_to_count_it_is_left_alone() -> None:
    assert read("#12", None, JIRA, BEADS) == FOREIGN


@pytest.mark.parametrize("text", ["#3", "3", "AI-2", "ai-2"])
def test_a_row_of_the_table_is_not_a_ticket(text: str) -> None:
    sites = (GITHUB, TrackerSite("ai", "jira", "https://acme.atlassian.net", "AI"))

    assert resolve([Citation(text, None)], sites, row_ids=["3", "AI-2"]) == NOTHING


def test_a_link_is_a_ticket_even_where_rows_are_counted() -> None:
    cited = [Citation("#12", GITHUB_12.url)]

    assert resolve(cited, [GITHUB], row_ids=["#12"]) == found(GITHUB_12)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("#12", "https://github.com/acme/pay/pull/12"),
        ("#12", "https://github.com/acme/pay/pull/12/files#diff"),
        ("https://git.example/lab/team/sub/api/-/merge_requests/12", None),
        ("PR #12", None),
        ("PR-12", None),
        ("!12", None),
        ("MR !12", None),
    ],
)
def test_a_pull_request_is_never_a_ticket(text: str, url: str | None) -> None:
    assert read(text, url, GITHUB, GITLAB) == PULL


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/pay/commit/f4eb131",
        "https://github.com/acme/pay/blob/main/docs/a.md#L12",
        "https://git.example/lab/team/sub/api/-/tree/main",
        "https://acme.atlassian.net/wiki/spaces/OPS/pages/12",
    ],
)
def test_a_link_to_a_page_does_not_keep_the_row_from_being_filed(url: str) -> None:
    assert read("f4eb131", url, GITHUB, GITLAB, JIRA) == NOTHING


def test_a_repository_named_like_a_page_still_has_issues() -> None:
    url = "https://github.com/acme/commit/issues/12"

    assert read("#12", url, GITHUB) == FOREIGN


@pytest.mark.parametrize("site", [ENTERPRISE, RESIDENT])
def test_the_web_address_is_found_from_the_api_address(site: TrackerSite) -> None:
    host = "ghe.example" if site is ENTERPRISE else "acme.ghe.com"
    url = f"https://{host}/core/net/issues/3"

    assert read("#3", url, site) == found(TicketRef(site.name, "core/net#3", url))
    assert read("#3", "https://github.com/core/net/issues/3", site) == FOREIGN


@pytest.mark.parametrize("place", ["issues", "work_items"])
def test_both_addresses_of_a_gitlab_issue_are_one_ticket(place: str) -> None:
    base = "https://git.example/lab/team/sub/api/-"
    ref = TicketRef("gl", "team/sub/api#7", f"{base}/issues/7")

    assert read("#7", f"{base}/{place}/7", GITLAB) == found(ref)
    assert read("team/sub/api#7", None, GITLAB) == found(ref)
    assert read("#7", "https://git.example/team/sub/api/-/issues/7", GITLAB) == FOREIGN


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("OPS-12", None),
        ("OPS-12", "https://acme.atlassian.net/browse/OPS-12?focusedCommentId=1"),
        ("jira", "http://acme.atlassian.net/browse/ops-12"),
    ],
)
def test_spellings_of_a_jira_issue_are_one_ticket(text: str, url: str | None) -> None:
    assert read(text, url, GITHUB, JIRA, BEADS) == found(JIRA_12)


@pytest.mark.parametrize("text", ["OPSX-12", "PS-12", "ops-12", "OPS-0", "OPS-12a"])
def test_a_key_of_another_project_is_left_alone(text: str) -> None:
    assert read(text, None, JIRA) == FOREIGN


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("bd-a1b2", None),
        ("bd://bd-a1b2", None),
        ("bd-a1b2", "bd://bd-a1b2"),
        ("the bead", "bd://bd-a1b2/"),
    ],
)
def test_spellings_of_a_bead_are_one_ticket(text: str, url: str | None) -> None:
    assert read(text, url, GITHUB, JIRA, BEADS) == found(BEADS_A1)


def test_children_and_long_prefixes_of_beads_are_read() -> None:
    assert read("bd-y5v.1.2", None, BEADS).refs[0].key == "bd-y5v.1.2"
    assert read("beads_rust-x-1h4", None, LONG_PREFIX).refs[0].key == "beads_rust-x-1h4"
    assert read("hdw-abc1", None, BEADS) == FOREIGN
    assert read("bd-y5v.1.2.3.4", None, BEADS) == FOREIGN


def test_the_same_ticket_cited_twice_is_one() -> None:
    cited = [Citation("#12", None), Citation("#12", GITHUB_12.url)]

    assert resolve(cited, [GITHUB]) == found(GITHUB_12)


def test_a_ticket_beside_a_foreign_one_is_seen_with_it() -> None:
    cited = [Citation("#12", None), Citation("PGM-1", "https://linear.app/a/issue/1")]

    assert resolve(cited, [GITHUB]) == Resolution((GITHUB_12,), True, False)


def test_two_trackers_with_one_prefix_are_ambiguous() -> None:
    bead = TrackerSite("bd", "beads", "", "OPS")

    assert read("OPS-12", None, JIRA, bead) == FOREIGN
    assert read("OPS-12", JIRA_12.url, JIRA, bead) == found(JIRA_12)


@pytest.mark.parametrize(
    ("ref", "site", "text"),
    [
        (GITHUB_12, GITHUB, "#12"),
        (JIRA_12, JIRA, "OPS-12"),
        (BEADS_A1, BEADS, "bd-a1b2"),
    ],
)
def test_what_is_displayed_reads_back(
    ref: TicketRef, site: TrackerSite, text: str
) -> None:
    shown = display(ref, site)

    assert shown == Citation(text, ref.url)
    assert resolve([shown], [site]) == found(ref)
    assert resolve([Citation(shown.text, None)], [site]) == found(ref)


def test_two_projects_with_numbers_are_told_apart_when_displayed() -> None:
    shown = display(GITHUB_12, GITHUB, [GITHUB, GITLAB])

    assert shown.text == "Acme/Pay#12"
    assert resolve([Citation(shown.text, None)], [GITHUB, GITLAB]) == found(GITHUB_12)
