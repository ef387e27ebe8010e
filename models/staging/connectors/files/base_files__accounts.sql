{{ base_stream('files', 'accounts') }}
