import pytest
from support.unprivileged import open_folder

from monitor.doctor.credentials import credential_findings

TEXT = """
[destinations.a]
url = "slack://${file:slack}/#general-${file:second}"   # ${file:commented}
[feeds.b]
url = "https://example.org/?key=${KEY}"
"""


@pytest.fixture
def folder():
    with open_folder() as made:
        for name in ("slack", "second"):
            (made / name).write_text("sesame")
            (made / name).chmod(0o640)
        yield made


def test_secrets_are_counted(folder):
    (found,) = credential_findings({str(folder / "config.toml"): TEXT}, {})
    assert (found.level, found.text) == ("ok", "2 files, 1 environment variable")
    assert credential_findings({"/c.toml": "[feeds]"}, {})[0].text == "the configuration needs none"


def test_a_secret_that_everybody_can_read_is_a_warning(folder):
    (folder / "second").chmod(0o644)
    (found,) = credential_findings({str(folder / "config.toml"): TEXT}, {})
    assert (found.level, found.remedy) == ("warning", f"run: chmod o-r {folder}/second")


def test_a_folder_that_others_cannot_enter_protects_its_secrets(folder):
    (folder / "secrets").mkdir(mode=0o700)
    (folder / "slack").rename(folder / "secrets" / "slack")
    (folder / "secrets" / "slack").chmod(0o644)
    assert credential_findings({str(folder / "config.toml"): TEXT}, {})[0].level == "ok"


def test_a_missing_secret_is_left_to_the_check_of_the_configuration(folder):
    (folder / "slack").unlink()
    assert credential_findings({str(folder / "config.toml"): TEXT}, {})[0].level == "ok"


def test_a_file_with_errors_is_searched_line_by_line(folder):
    (folder / "slack").chmod(0o644)
    assert credential_findings({str(folder / "config.toml"): TEXT + "[broken"}, {})[0].level == "warning"


@pytest.mark.parametrize("placeholder", ["${file:}", r"${file:a\u0000b}"], ids=["no name", "NUL"])
def test_a_placeholder_that_names_no_file_is_left_to_the_check_of_the_configuration(placeholder):
    (found,) = credential_findings({"/c.toml": f'url = "{placeholder}${{KEY}}"'}, {})
    assert (found.level, found.text) == ("ok", "0 files, 1 environment variable")
