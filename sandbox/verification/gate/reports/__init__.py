"""The gate's answers for machines and people: JUnit XML, SARIF, Markdown, HTML."""
