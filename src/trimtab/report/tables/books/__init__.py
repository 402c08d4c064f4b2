"""Tables of what a workspace keeps."""
