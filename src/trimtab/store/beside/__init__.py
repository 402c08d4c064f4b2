"""Files beside the journal that its entries name by the hash of what is in them."""
