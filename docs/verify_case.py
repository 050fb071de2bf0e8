"""Verify a case of ``monitor export case``: python3 verify_case.py FOLDER [LINK that you know from a heartbeat]."""

import hashlib
import json
import pathlib
import sys


def sha256(data):  # in hexadecimal digits
    return hashlib.sha256(data).hexdigest()


def require(condition, problem):  # end with exit code 1 unless the condition holds
    return condition or sys.exit(f"REFUSED: {problem}")


def distinct(pairs):  # a name that occurs twice would show one value to a person and another to a program
    return require(len(dict(pairs)) == len(pairs), f"a name occurs twice: {pairs}") and dict(pairs)


def verify(folder, known_links):
    paths = [*folder.rglob("*")]
    special = [path for path in paths if path.is_symlink() or not (path.is_file() or path.is_dir())]
    require(not special, f"neither a file nor a folder: {special}")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}
    manifest = files.pop("MANIFEST", b"").decode().splitlines()
    listed = [(sha256(content), name) for name, content in files.items()]
    signed = [tuple(line.split("  ", 1)) for line in manifest if not line.startswith("#")]
    require(
        manifest and sorted(listed) == sorted(signed), f"altered, added or removed: {sorted({*listed} ^ {*signed})}"
    )

    case = json.loads(files["case.json"], object_pairs_hook=distinct)
    loads = json.JSONDecoder(object_pairs_hook=distinct).decode
    rows = {name[:-7]: [*map(loads, files[name].decode().splitlines())] for name in files if name.endswith(".ndjson")}
    require({name: len(found) for name, found in rows.items()} == case["rows"], "case.json counts other rows")
    chain, links = rows["chain"], [row["link"] for row in rows["chain"]]
    require(not chain or chain[0]["content"] is None, "the first row of the chain must be the link before the case")
    for before, row in zip(chain, chain[1:]):
        follows = row["hit"] > before["hit"] and row["link"] == sha256(bytes.fromhex(before["link"] + row["content"]))
        require(follows, f"the link of hit #{row['hit']} does not follow from the link before it")
    for row in chain:  # "record": of a deletion on request
        recorded = "record" not in row or sha256(row["record"].encode()) == row["content"]
        require(recorded, f"#{row['hit']}, the record of a deletion on request, was altered")
    head = {f"# chain head: hit #{row['hit']}, link {row['link']}" for row in chain[-1:]}
    require(head <= {*manifest}, "the chain does not lead to the head in MANIFEST")
    require({*known_links} <= {*links}, "LINK is not in the chain of this case")

    texts = {(row["entry"], row["version"]): row for row in rows["entries"]}
    for (entry, version), row in texts.items():
        row["hash"] = sha256("\0".join(row[name] for name in ("title", "summary", "content")).encode())
        same = row["has_secret"] or row["hash"] == row["text_sha256"]
        require(same, f"the text of entry {entry}, version {version}, was altered")
    once = len(texts) == len(rows["entries"]) and len({hit["hit"] for hit in rows["hits"]}) == len(rows["hits"])
    require(once, "an entry or a hit occurs twice")
    contents = {row["hit"]: row["content"] for row in chain[1:]}
    for hit in rows["hits"]:
        excused = any(finding.startswith(f"hit #{hit['hit']} ") for finding in case["findings"])
        require(excused or hit["record"], f"hit #{hit['hit']} has no record, and case.json does not say why")
    recorded = [hit for hit in rows["hits"] if hit["record"]]
    for hit in recorded:
        wrong = altered_fields(hit, json.loads(hit["record"]), texts[hit["entry"], hit["version"]], case)
        wrong += [] if sha256(hit["record"].encode()) == contents.get(hit["hit"]) else ["record"]
        require(not wrong, f"hit #{hit['hit']} is not the recorded one: {', '.join(wrong)}")
    judged = {row["hit"]: row["triage"] for row in rows["triage"]}  # the last one counts
    differing = [hit["hit"] for hit in rows["hits"] if hit["triage"] != judged.get(hit["hit"])]
    require(not differing, f"the triage of hits {differing} is not the last one in triage.ndjson")
    known = {row["delivery"] for row in rows["deliveries"]}
    lost = [row for row in rows["decisions"] if row["delivery"] is not None and row["delivery"] not in known]
    require(not lost, f"the delivery of a decision is missing: {lost}")
    return f"verified: {len(files)} files, {len(links)} links, {len(recorded)} of {len(rows['hits'])} hits"


def altered_fields(hit, record, text, case):  # of the row of a hit and of its text, by the record in the chain
    shown = {name: hit[name] for name in record if name in hit}
    shown |= {"update": hit["is_update"], "watchlist": hit["watchlist_fingerprint"], "raw": hit["raw_sha256"]}
    shown |= {"link": text["link"], "outlet": text["outlet"], "text": text["hash"]}
    levels = {"low": 1, "medium": 2, "high": 3, "critical": 4}
    shown["rules"] = [rule | {"severity": levels.get(rule["severity"])} for rule in hit["rules"]]
    lists = [row | {"list_id": row["list"]} for row in hit["lists"]]
    shown["lists"] = [{name: row[name] for name in row if name not in ("list", "words")} for row in lists]
    versions = {version["version"]: version["fingerprint"] for version in case["watchlists"]}
    known = versions.get(hit["watchlist_version"], record["watchlist"])
    wrong = ["watchlist_version"] if known != record["watchlist"] else []
    wrong += [name for name in shown if record.get(name, []) != shown[name]]
    former = {feed["feed"]: feed["former_keys"] for feed in case["feeds"]}
    wrong += [] if record["feed"] in (text["feed"], *former[text["feed"]]) else ["feed"]
    for name, kind in (("actors", "actor"), ("keywords", "keyword")):
        mentioned = dict.fromkeys(mention[kind] for mention in record["mentions"] if mention[kind])
        wrong += [] if hit[name] == [*mentioned] and hit["is_intact"] is True else [name]
    return wrong


try:
    print(verify(pathlib.Path(sys.argv[1]), sys.argv[2:]))
except IndexError:
    sys.exit(__doc__)
except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
    sys.exit(f"REFUSED: the case cannot be read: {type(error).__name__}: {error}")
