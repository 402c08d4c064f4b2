"""Commands about what a workspace keeps: taking in, answers given, facts, the journal itself."""
