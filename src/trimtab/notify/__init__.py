"""Ways an alert leaves the house: terminal, file, e-mail, webhook, and whatever Apprise reaches."""
