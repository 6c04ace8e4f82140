"""The Tryton connector against the real Tryton, and against canned answers where those are needed."""
