"""Questions: what is asked, one record each, with the defaults, the checks, the words for help, and JSON in and out."""
