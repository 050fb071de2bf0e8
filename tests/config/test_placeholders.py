from pathlib import Path

import pytest
from support.unprivileged import open_folder, without_privileges

from monitor.config.placeholders import placeholder_files, resolve_placeholders


def error_message(text: str, folder: Path, environ: dict[str, str] | None = None) -> str:
    (found,) = resolve_placeholders(text, environ=environ or {}, folder=folder).errors
    return found.message


def test_variables_are_resolved(tmp_path):
    filled = resolve_placeholders("Bearer ${A}-${B}", environ={"A": "x", "B": "y"}, folder=tmp_path)
    assert (filled.text, filled.secrets, filled.errors) == ("Bearer x-y", ("x", "y"), ())


def test_values_of_variables_are_not_resolved_again(tmp_path):
    assert resolve_placeholders("${A}", environ={"A": "${B}", "B": "y"}, folder=tmp_path).text == "${B}"


def test_a_secret_file_is_relative_and_loses_one_line_break(tmp_path):
    (tmp_path / "key").write_bytes(b"sesame\n\r\n")
    assert resolve_placeholders("${file:key}", environ={}, folder=tmp_path).text == "sesame\n"


def test_a_credential_takes_precedence_over_a_file(tmp_path):
    (tmp_path / "creds").mkdir()
    (tmp_path / "creds/key").write_text("of systemd")
    (tmp_path / "key").write_text("of the folder")
    (tmp_path / "other").write_text("only here")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "creds")}
    assert (
        resolve_placeholders("${file:key}, ${file:other}", environ=environ, folder=tmp_path).text
        == "of systemd, only here"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${NONE}", "environment variable NONE, which is not set"),
        ("${EMPTY}", "environment variable EMPTY, which is empty"),
        ("${file:none}", "none: no such file or directory"),
        ("${file:.}", "is a directory"),
        ("${file:bytes}", "which is not UTF-8 text"),
        ("${file:empty}", "which is empty"),
        ("${file:big}", "is larger than 65 kB"),
        ("${file:}", "without a name"),
        ("${file:" + "x" * 5000 + "}", "file name too long"),
        ("${a-b}", "without a valid variable name"),
        ("${", '"${" without "}"'),
    ],
    ids=lambda v: v[:16],
)
def test_an_unresolvable_placeholder_is_an_error(tmp_path, text, message):
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "big").write_text("x" * 70_000)
    environ = {"EMPTY": "", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert message in error_message(text, tmp_path, environ)


def test_a_variable_that_is_not_utf_8_is_refused(tmp_path):
    assert "KEY, which is not UTF-8 text" in error_message("${KEY}", tmp_path, {"KEY": "se\udcffret"})


def test_a_secret_of_the_service_is_found_without_its_credentials(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "hook").write_text("sesame\n")
    assert resolve_placeholders("${file:hook}", environ={}, folder=tmp_path).text == "sesame"
    assert tmp_path / "secrets" / "hook" in placeholder_files("${file:hook}", environ={}, folder=tmp_path)
    (tmp_path / "hook").write_text("nearer")
    assert resolve_placeholders("${file:hook}", environ={}, folder=tmp_path).text == "nearer"


def test_a_secret_of_the_service_that_the_user_may_not_read_is_named():
    with open_folder() as folder:
        (folder / "secrets").mkdir(mode=0o700)
        with without_privileges():
            (error,) = resolve_placeholders("${file:hook}", environ={}, folder=folder).errors
    assert error.message == f"needs the file {folder}/secrets/hook: permission denied"
    assert error.hint.startswith("run as a user who may read it")
