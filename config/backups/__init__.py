"""A whole site in one file, and back: the database at one moment, the pictures, and the secrets that sign them.

    manifest.json        what this is, of which version of the tables, and sums that a restore is checked against
    secrets/NAME         what DATA_DIR keeps beside the database (SECRET_KEY, the key of Content Credentials)
    database/...         SQLite's file, or one file per table as PostgreSQL's COPY writes it
    files/NAME           every file of the storage

The database comes before the files: a picture is stored before the row that names it, so whatever the copied rows name
is there when the files are read. The archive holds secrets and is readable by its owner alone.
"""
