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
texts = {(row["entry"], row["version"]): row for row in rows["entries"]}
chain, left_out = rows["chain"], 0
for before, row in zip(chain, chain[1:]):
    follows = row["hit"] > before["hit"] and row["link"] == sha256(bytes.fromhex(before["link"] + row["content"]))
    require(follows, f"the link of hit #{row['hit']} does not follow from the link before it")
heads = [f"# chain head: hit #{row['hit']}, link {row['link']}" for row in chain[-1:]]
require(set(heads) <= set(manifest), "the chain does not lead to the head in MANIFEST")
require(set(sys.argv[2:]) <= {row["link"] for row in chain}, "LINK is not in the chain of this case")

contents = {row["hit"]: row["content"] for row in chain}
for hit in rows["hits"]:
    number, record, text = hit["hit"], hit["record"], texts[hit["entry"], hit["version"]]
    if record is None:  # the hit was altered before the export, or held a secret; case.json says which
        left_out += 1
        continue
    require(sha256(record.encode()) == contents.get(number), f"hit #{number} is not the recorded one")
    found, words = json.loads(record), "\0".join(text[name] for name in ("title", "summary", "content"))
    shown = number, sha256(words.encode()), text["link"], hit["raw_sha256"], [rule["why"] for rule in hit["rules"]]
    recorded = found["hit"], found["text"], found["link"], found["raw"], [rule["why"] for rule in found["rules"]]
    require(shown == recorded, f"hit #{number}: what is shown is not what was recorded")
print(f"verified: {len(files)} files, {len(chain)} links, {len(rows['hits']) - left_out} of {len(rows['hits'])} hits")
