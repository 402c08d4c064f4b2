"""Write what docs/schemas.md and docs/schemas/ publish: the JSON Schema of every document, from its record.

Run from the root of the checkout after a document has changed: python scripts/schemas.py
"""

import json
from pathlib import Path

from trimtab.report.documents.catalogue import CATALOGUE, document_schema

DOCS = Path(__file__).parents[1] / "docs"
HEAD = """# Schemas

Every document names its schema under `schema`. Here is each as a [JSON Schema](https://json-schema.org/) (2020-12),
written by the program from the very records that it gives. A key that is there keeps its meaning and its type; a key
may be added, so read what you know and let pass what you do not. Whatever is not known is `null`, never NaN. More is
told of each in [results it writes](results.md) and on the page of its command.

```python
from trimtab.report.documents.catalogue import document_schema

schema = document_schema("trimtab.review/1")
assert "beta" in schema["required"]
```

| schema | given by | what it is |
|---|---|---|
"""


def main() -> None:
    """Write the page and one file for each schema, and remove files of schemas that are no more."""
    folder = DOCS / "schemas"
    folder.mkdir(exist_ok=True)
    rows = []
    for name, listed in sorted(CATALOGUE.items()):
        schema, file = document_schema(name), f"{name.removeprefix('trimtab.').replace('/', '-')}.json"
        (folder / file).write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        rows.append(f"| [`{name}`](schemas/{file}) | `{listed.command}` | {schema['description']} |")
    for old in folder.glob("*.json"):
        if not any(f"schemas/{old.name})" in row for row in rows):
            old.unlink()
    (DOCS / "schemas.md").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
