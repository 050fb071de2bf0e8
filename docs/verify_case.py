"""Verify a case of ``monitor export case``: python3 verify_case.py FOLDER [LINK that you know from a heartbeat]."""

import hashlib
import json
import pathlib
import sys


def sha256(data):  # in hexadecimal digits
    return hashlib.sha256(data).hexdigest()


def require(condition, problem):  # end with exit code 1 unless the condition holds
    return condition or sys.exit(f"REFUSED: {problem}")


folder = pathlib.Path(sys.argv[1])
files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if not path.is_dir()}
manifest = files.pop("MANIFEST", b"").decode().splitlines()
listed = [(sha256(content), name) for name, content in files.items()]
signed = [tuple(line.split("  ", 1)) for line in manifest if not line.startswith("#")]
require(manifest and sorted(listed) == sorted(signed), f"altered, added or removed: {sorted({*listed} ^ {*signed})}")

rows = {name: [*map(json.loads, files[f"{name}.ndjson"].splitlines())] for name in ("entries", "hits", "chain")}
chain, links = rows["chain"], [row["link"] for row in rows["chain"]]
for before, row in zip(chain, chain[1:]):
    follows = row["hit"] > before["hit"] and row["link"] == sha256(bytes.fromhex(before["link"] + row["content"]))
    require(follows, f"the link of hit #{row['hit']} does not follow from the link before it")
for row in chain:  # "record": of a deletion on request
    recorded = "record" not in row or sha256(row["record"].encode()) == row["content"]
    require(recorded, f"#{row['hit']}, the record of a deletion on request, was altered")
head = {f"# chain head: hit #{row['hit']}, link {row['link']}" for row in chain[-1:]}
require(head <= {*manifest}, "the chain does not lead to the head in MANIFEST")
require({*sys.argv[2:]} <= {*links}, "LINK is not in the chain of this case")

texts = {(row["entry"], row["version"]): row for row in rows["entries"]}
contents = {row["hit"]: row["content"] for row in chain}
recorded = [hit for hit in rows["hits"] if hit["record"] is not None]  # case.json says why the others have none
for hit in recorded:
    record, text = json.loads(hit["record"]), texts[hit["entry"], hit["version"]]
    words = "\0".join(text[name] for name in ("title", "summary", "content"))
    shown = hit | {"text": sha256(words.encode()), "link": text["link"], "raw": hit["raw_sha256"]}
    same = [shown[name] == record[name] for name in ("hit", "severity", "text", "link", "raw", "mentions", "amounts")]
    same += [shown["indicators"] == record["indicators"], sha256(hit["record"].encode()) == contents.get(hit["hit"])]
    same += [[rule["why"] for rule in hit["rules"]] == [rule["why"] for rule in record["rules"]]]
    require(all(same), f"hit #{hit['hit']} is not the recorded one")
print(f"verified: {len(files)} files, {len(chain)} links, {len(recorded)} of {len(rows['hits'])} hits")
