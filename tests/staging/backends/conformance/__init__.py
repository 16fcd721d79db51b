"""The promises that every rendering backend keeps."""
