from pathlib import Path

from support.store_samples import NOW, after, put_hit

from monitor.store import write
from monitor.store.active_files import ActiveFiles
from monitor.store.watchlists import (
    configuration_hash,
    files_of_version,
    list_versions,
    load_version,
    newest_version_of,
    pack_configuration,
    store_configuration,
    watchlist_version,
)

MAIN = Path("/etc/monitor/config.toml")
FILES = ActiveFiles(
    MAIN, {str(MAIN): 'url = "slack://***"', "/etc/monitor/a.toml": "[actors]"}, {"/etc/*": ("/etc/a",)}
)
EDITED = ActiveFiles(MAIN, {str(MAIN): "[actors]\n"}, {})


def put_version(db, files: ActiveFiles, fingerprint: str, *, vocabulary: int = 0) -> int:
    with write(db):
        stored = store_configuration(db, pack_configuration(files), NOW)
        return watchlist_version(db, fingerprint, after(vocabulary), vocabulary=vocabulary, configuration=stored)


def test_the_files_of_a_version_come_back_as_they_were(db):
    number = put_version(db, FILES, "f1")
    assert files_of_version(db, number) == FILES
    assert load_version(db, number).hash == configuration_hash(FILES)


def test_the_same_files_are_stored_once_and_newly_learned_words_are_a_version(db):
    numbers = [put_version(db, FILES, "f1", vocabulary=words) for words in (0, 1, 0)]
    assert numbers == [1, 2, 1]
    assert db.execute("SELECT count(*) FROM configurations").fetchone() == (1,)
    assert newest_version_of(db, configuration_hash(FILES)) == 2
    assert newest_version_of(db, configuration_hash(EDITED)) is None


def test_versions_are_listed_with_their_hits_the_newest_first(db):
    put_hit(db)  # by a version without files, as older monitors stored them
    put_version(db, FILES, "f2")
    assert [(one.version, one.hits, bool(one.hash)) for one in list_versions(db)] == [(2, 0, True), (1, 1, False)]
    assert files_of_version(db, 1) is None
    assert load_version(db, 9) is None
