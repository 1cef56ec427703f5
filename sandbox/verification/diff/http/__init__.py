"""HTTP contracts, OpenAPI 3 and Swagger 2: read into one model and compared."""
