"""What a schema cannot say of an API: how it behaves when calls are repeated, overtaken, refused or half done."""
