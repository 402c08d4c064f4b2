"""Results as people see them: their documents, their charts as files, and how Python shows them."""
