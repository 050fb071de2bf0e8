import pytest


@pytest.fixture
def copy_new_databases() -> None:
    """Make each database from its migrations: these tests are about that."""
