{{ base_stream('files', 'partners') }}
