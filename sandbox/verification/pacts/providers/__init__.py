"""Our mock systems as providers: put into the states that pacts name, and served over HTTP."""
