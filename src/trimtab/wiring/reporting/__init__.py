"""Reports: composed of a workspace's answers, written as files, and sent."""
