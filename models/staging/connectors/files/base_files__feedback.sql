{{ base_stream('files', 'feedback') }}
