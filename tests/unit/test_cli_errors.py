"""Errors: what went wrong, what to do next, and the exit code that tells."""

from __future__ import annotations

import pytest

from pmsync.cli.errors import explain, without_secrets
from pmsync.domain import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.AuthenticationError("x"), 2),
        (errors.PermissionDeniedError("x"), 2),
        (errors.StateUnavailableError("x"), 2),
        (errors.SafetyStopError("x"), 4),
        (errors.LeaseHeldError("x"), 5),
        (errors.StateChangedError("x"), 1),
        (errors.TrackerUnavailableError("x"), 1),
        (errors.DocumentError("x"), 1),
    ],
)
def test_a_script_can_tell_what_to_do_from_the_exit_code(
    error: errors.PmsyncError, code: int
) -> None:
    assert explain(error, verbose=False) == code


def test_the_cause_stands_on_one_line_and_the_remedy_after_a_blank_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    explain(errors.UsageError("no such file", hint="check the path"), verbose=False)

    assert capsys.readouterr() == ("", "error: no such file\n\nhint: check the path\n")


def test_an_error_cannot_carry_escapes_to_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    explain(errors.UsageError("\x1b[2J", hint="\x1b]0;x\x07"), verbose=False)

    assert "\x1b" not in capsys.readouterr().err


def _fault(text: str) -> Exception:
    try:
        int(text)
    except ValueError as error:
        return error
    raise AssertionError(text)


def test_a_fault_says_where_but_not_what_may_be_secret(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = explain(_fault("token s3cr3t-value"), verbose=False)

    message = capsys.readouterr().err
    assert code == 1
    assert "ValueError in test_cli_errors.py, line" in message
    assert "s3cr3t" not in message
    assert "Traceback" not in message


def test_a_traceback_never_shows_a_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PMSYNC_TRACKERS__OPS__TOKEN", "s3cr3t-value")

    explain(_fault("https://x:s3cr3t-value@example.com"), verbose=True)

    message = capsys.readouterr().err
    assert "Traceback" in message
    assert "s3cr3t-value" not in message


def test_short_values_that_are_no_secrets_leave_the_traceback_readable() -> None:
    assert without_secrets("none of it", {"GITHUB_TOKEN": "none"}) == "none of it"
