import pytest
from support.unprivileged import open_folder

from monitor.service.environment import closed_path, closed_paths, credentials_in, hidden_in


def test_credentials_are_found_in_values_and_not_in_comments():
    texts = ['url = "json://x/#a${file:b}${NAME}"  # ${file:comment}', 'x = ["${file:a}", "${file:dir/c}"]']
    assert credentials_in(texts) == ("a", "b")


@pytest.mark.parametrize("name", ["..", ".", "a b", "a/b", "\u00e9", "a:b"])
def test_names_that_systemd_cannot_provide_are_paths(name):
    assert credentials_in([f'x = "${{file:{name}}}"']) == ()


@pytest.mark.parametrize(
    ("path", "hidden"),
    [("/root/x", "/root"), ("/opt/../root/x", "/root"), ("/rooted/x", None), ("/opt/x", None), ("/tmp/a/b", "/tmp")],
)
def test_a_path_is_hidden_below_certain_directories(path, hidden):
    assert hidden_in(path) == hidden


def test_the_first_part_that_the_service_cannot_enter_is_found():
    with open_folder() as folder:
        program = folder / "venv" / "bin" / "monitor"
        program.parent.mkdir(parents=True)
        program.touch()
        program.chmod(0o755)
        assert closed_path(program, None) is None
        (folder / "venv").chmod(0o700)  # as python -m venv makes it with umask 077
        assert closed_path(program, None) == folder / "venv"
        assert closed_paths([program, program], None) == [
            f"the user monitor cannot read {folder}/venv: run as root: chmod -R go+rX {folder}/venv"
        ]
        config = folder / "config.toml"
        config.touch(0o600)
        assert closed_paths([config], None) == [
            f"the user monitor cannot read {config}: run as root: chgrp monitor {config} && chmod g+rX {config}"
        ]
        (folder / "venv").chmod(0o710)
        assert closed_path(program, (folder / "venv").stat().st_gid) is None
        assert closed_path(folder / "missing", None) == folder / "missing"
