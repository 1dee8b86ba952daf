"""casemill: case reports in, scored and traceable fact rows out."""
