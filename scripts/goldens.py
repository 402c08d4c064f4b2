"""Write the golden documents of tests/report anew, all or those named: goldens.py [trimtab.review/1 ...].

Look at the difference before it is kept: a key that exists keeps its meaning, or the schema gets a new number.
"""

import sys
from pathlib import Path

from trimtab.report.documents.catalogue import CATALOGUE
from trimtab.report.shape.write import dumps

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from report_answers import document_of  # noqa: E402 - the answers stand beside the tests


def main() -> None:
    """Write one file for each schema."""
    for schema in sys.argv[1:] or CATALOGUE:
        name = schema.removeprefix("trimtab.").replace("/", "-")
        file = TESTS / "report" / "golden" / f"{name}.json"
        file.write_text(dumps(document_of(schema)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
