{{ base_table('google_calendar', 'events') }}
