{{ base_stream('files', 'solutions') }}
