"""Python, as a face beside the command line: keywords become a question, the question is answered."""

import trimtab.wiring.shown.showing  # noqa: F401 - results show themselves from here on
