"""The functions of `import trimtab`: arguments become a question, the question is answered."""
