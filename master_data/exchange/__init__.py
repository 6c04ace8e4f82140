"""The dictionary in workbooks: templates, export, import with a dry run, a marked result, applied and undone as one batch."""
