{{ base_stream('files', 'opportunities') }}
