{{ base_columns_found('google_calendar') }}
